#pragma once
// Regular expressions, by RE2: time that is linear in the text, whatever the pattern.

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace yilian::fhirpath {

// A pattern as FHIRPath writes it: "." takes line ends too, and groups may be named "(?<name>…)". `error` says what is
// wrong when there is nothing.
std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern, std::string& error);

}  // namespace yilian::fhirpath
