#include "engine/mapping/outbound/base64.h"

#include <openssl/evp.h>

#include <algorithm>

#include "engine/text/encoding.h"

namespace yilian::mapping::outbound {

std::optional<std::string> text_of_base64(std::string_view encoded) {
  std::string dense(encoded);
  std::erase_if(dense, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  // OpenSSL takes '=' for a zero wherever it stands.
  const std::size_t plain = std::min(dense.size(), dense.find('=')), padding = dense.size() - plain;
  if (padding > 2 || dense.find_first_not_of('=', plain) != std::string::npos || dense.size() > std::size_t{1} << 30)
    return std::nullopt;
  std::string out(dense.size() / 4 * 3, '\0');
  const auto* from = reinterpret_cast<const unsigned char*>(dense.data());
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), from, static_cast<int>(dense.size()));
  if (size < 0 || static_cast<std::size_t>(size) != out.size() || padding > out.size()) return std::nullopt;
  out.resize(out.size() - padding);
  if (!text::valid_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace yilian::mapping::outbound
