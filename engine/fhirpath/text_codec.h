#pragma once
// Other forms of a text: encode(), decode(), escape() and unescape() (FHIRPath 2.1, 5.6).

#include <optional>
#include <string>
#include <string_view>

namespace yilian::fhirpath {

// `form`: "base64", "urlbase64", "hex" of the first two; "html", "json" of the others. `known` becomes false for
// another. Nothing: the text is not of that form, or would be no UTF-8.
std::optional<std::string> encoded_text(std::string_view text, std::string_view form, bool& known);
std::optional<std::string> decoded_text(std::string_view text, std::string_view form, bool& known);
std::optional<std::string> escaped_text(std::string_view text, std::string_view form, bool& known);
std::optional<std::string> unescaped_text(std::string_view text, std::string_view form, bool& known);

}  // namespace yilian::fhirpath
