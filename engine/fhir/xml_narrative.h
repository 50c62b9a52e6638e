#pragma once
// The <div> of a narrative, which JSON has as text and XML as itself.

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::fhir {

// Behind `out`, as it is, but for a namespace where it has none, and HTML's entities of Latin-1, which become numbers.
// Error: unsupported when it is no well-formed XML.
Result<void> write_narrative(std::string_view div, std::string& out);

// The character of HTML's entities of Latin-1, by its name ("nbsp"); 0: it is none of them.
char32_t latin_character(std::string_view name);

}  // namespace yilian::fhir
