// Validity of UTF-8 and ASCII, sixteen ASCII bytes at a time: both run over every message.

#include "engine/text/utf8.h"

#include <cstdint>
#include <cstring>

#include "engine/text/encoding.h"

namespace yilian::text {

namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

std::uint64_t load8(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// First byte at or behind `at` that is not ASCII.
std::size_t skip_ascii(std::string_view bytes, std::size_t at) {
  const char* data = bytes.data();
  const std::size_t size = bytes.size();
  while (at + 16 <= size && ((load8(data + at) | load8(data + at + 8)) & kHighBits) == 0) at += 16;
  while (at + 8 <= size && (load8(data + at) & kHighBits) == 0) at += 8;
  while (at < size && static_cast<unsigned char>(data[at]) < 0x80) ++at;
  return at;
}

// Length of the character that a byte >= 0x80 begins; 0 when there is none. The ranges are RFC 3629's table (section
// 4).
std::size_t multibyte_length(const unsigned char* p, std::size_t left) {
  auto is_tail = [](unsigned char byte) { return (byte & 0xC0) == 0x80; };
  if (p[0] >= 0xE0 && p[0] < 0xF0) {
    if (left < 3 || !is_tail(p[1]) || !is_tail(p[2])) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
    if (p[0] == 0xED && p[1] >= 0xA0) return 0;
    return 3;
  }
  if (p[0] >= 0xC2 && p[0] < 0xE0) return left >= 2 && is_tail(p[1]) ? 2 : 0;
  if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    if (left < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;
    if (p[0] == 0xF4 && p[1] >= 0x90) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::size_t invalid_utf8_at(std::string_view bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t at = 0;
  while ((at = skip_ascii(bytes, at)) < bytes.size()) {
    do {
      const std::size_t length = multibyte_length(data + at, bytes.size() - at);
      if (length == 0) return at;
      at += length;
    } while (at < bytes.size() && data[at] >= 0x80);
  }
  return std::string_view::npos;
}

bool valid_utf8(std::string_view bytes) { return invalid_utf8_at(bytes) == std::string_view::npos; }

bool is_ascii(std::string_view bytes) { return skip_ascii(bytes, 0) == bytes.size(); }

}  // namespace yilian::text
