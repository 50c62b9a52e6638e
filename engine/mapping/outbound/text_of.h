#pragma once
// FHIR primitives as HL7 v2 writes them.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace yilian::mapping::outbound {

struct Clock {
  std::optional<Zone> zone;  // times are written in it; nothing: in the zone that they are told in
  bool offsets = true;       // "+0800" behind a time
};

// "2026-11-05T17:10:00+08:00" -> "20261105171000+0800", in the precision that it has; nothing for what is no date.
std::optional<std::string> hl7_time(std::string_view fhir, const Clock& clock);
// `hl7_type` is the datatype of the place ("DT" takes a day at most); empty: a text.
std::optional<std::string> hl7_text(std::string_view fhir_type, std::string_view text, std::string_view hl7_type, const Clock& clock);

}  // namespace yilian::mapping::outbound
