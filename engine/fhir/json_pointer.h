#pragma once
// JSON Pointer (RFC 6901).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {

struct Pointer {
  std::string text;                // as it was written
  std::vector<std::string> parts;  // without the escapes; none: the whole
};

// Error: bad_structure (no "/" before a part, a "~" that escapes nothing, more than kDeepest parts).
Result<Pointer> read_pointer(std::string_view text);
// An index without leading zeros; nothing for another text ("-" too).
std::optional<std::size_t> read_index(std::string_view part);
// nullptr: nothing is there.
Json* find_pointer(Json& root, std::span<const std::string> parts);

}  // namespace yilian::fhir
