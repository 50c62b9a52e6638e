#pragma once
// HL7 v2 text to the text of FHIR primitives.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"
#include "engine/fhir/json.h"

namespace yilian::mapping {

enum class Primitive : std::uint8_t {
  none,  // not a primitive
  boolean,
  integer,
  unsigned_int,
  positive_int,
  decimal,
  string,
  markdown,
  code,
  uri,
  id,
  date,
  date_time,
  instant,
  time,
  base64,
  other,
};

Primitive primitive_named(std::string_view fhir_type);  // none for a complex type
// string, markdown, code, uri, id: what one of them is made for can be written to another, if its form allows.
bool is_textual(Primitive primitive);

// The FHIR text of `text` (unescaped, trimmed); nothing when it does not convert. The result is a part of `text`, a
// literal, or in the arena.
std::optional<std::string_view> convert(Primitive to, std::string_view text, const Zone& zone, fhir::Arena& arena);

// The moment that a DTM names: what it leaves out is its beginning. Nothing for less than a day.
std::optional<Instant> moment(std::string_view dtm, const Zone& zone);

std::string_view base64_of_bytes(std::string_view bytes, fhir::Arena& arena);
std::optional<std::string_view> base64_of_hex(std::string_view hex, fhir::Arena& arena);

// Without blanks and control characters at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace yilian::mapping
