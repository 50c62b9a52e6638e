#pragma once
// base64Binary (RFC 4648) and its bytes.

#include <optional>
#include <string>
#include <string_view>

namespace yilian::api {

// White space is passed over, as XML Schema allows it. Nothing for what is no base64.
std::optional<std::string> bytes_of_base64(std::string_view encoded);
std::string base64_of(std::string_view bytes);

}  // namespace yilian::api
