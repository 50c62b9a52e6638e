#pragma once
// Base64 (RFC 4648) and its bytes.

#include <optional>
#include <string>
#include <string_view>

namespace yilian::text {

enum class Base64 : std::uint8_t { standard, url };  // section 4, section 5

std::string to_base64(std::string_view bytes, Base64 alphabet = Base64::standard, bool padded = true);
// White space is passed over, as XML Schema allows it in base64Binary. Padding may be left out only of `url`. Nothing for
// what is no base64.
std::optional<std::string> from_base64(std::string_view text, Base64 alphabet = Base64::standard);

}  // namespace yilian::text
