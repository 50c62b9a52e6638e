#include "engine/mapping/outbound/base64.h"

#include "engine/text/encoding.h"

namespace yilian::mapping::outbound {

std::optional<std::string> text_of_base64(std::string_view encoded) {
  std::string out;
  out.reserve(encoded.size() / 4 * 3);
  unsigned bits = 0;
  int count = 0;
  bool ended = false;
  for (const char c : encoded) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z') value = static_cast<unsigned>(c - 'A');
    else if (c >= 'a' && c <= 'z') value = static_cast<unsigned>(c - 'a') + 26;
    else if (c >= '0' && c <= '9') value = static_cast<unsigned>(c - '0') + 52;
    else if (c == '+') value = 62;
    else if (c == '/') value = 63;
    else if (c == '=') { ended = true; continue; }
    else if (c == ' ' || c == '\n' || c == '\r') continue;
    else return std::nullopt;
    if (ended) return std::nullopt;
    bits = bits << 6 | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xFF));
    }
  }
  if (!text::valid_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace yilian::mapping::outbound
