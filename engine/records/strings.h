#pragma once
// The strings by which a value is found, sorted and compared: folded, names put together, Chinese also by pinyin and
// from each character on.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::records {

inline constexpr std::size_t kStringBytes = 96;  // of a key; what is longer is cut at a character

// Folded and cut, as a key is.
std::string string_key(std::string_view text);
// A folded text without apostrophes, with blanks for hyphens: O'Connor is found as oconnor, Mary-Jane as mary jane.
std::string without_marks(std::string_view folded);
// Each is found by its beginning. False: a text is too long for all of it to be there. `code` is the search parameter's: "name", "family", "given". `visit` keeps no view.
bool search_strings(const fhir::Type& type, std::string_view code, const fhir::Json& value,
                    const std::function<void(std::string_view)>& visit);
std::string sort_string(const fhir::Type& type, std::string_view code, const fhir::Json& value);
// The whole texts, folded and not cut, of those that are too long.
void whole_strings(const fhir::Type& type, std::string_view code, const fhir::Json& value,
                   const std::function<void(std::string_view)>& visit);
void exact_strings(const fhir::Type& type, const fhir::Json& value, std::vector<std::string>& out);

}  // namespace yilian::records
