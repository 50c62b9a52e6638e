#pragma once
// base64Binary (RFC 4648) to its bytes, where those are a text.

#include <optional>
#include <string>
#include <string_view>

namespace yilian::mapping::outbound {

// Nothing for what is no base64, or no UTF-8.
std::optional<std::string> text_of_base64(std::string_view encoded);

}  // namespace yilian::mapping::outbound
