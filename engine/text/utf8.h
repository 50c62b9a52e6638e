#pragma once
// Walking valid UTF-8 by character.

#include <cstddef>
#include <string>
#include <string_view>

namespace yilian::text {

// The character at `at`, which moves behind it. `utf8` must be valid from there on; a byte that is not is given as it
// is (0x80–0xFF), so that a walk over any bytes ends and stays inside them.
inline char32_t next_character(std::string_view utf8, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const char32_t first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const std::size_t left = utf8.size() - at;
  auto tail = [&](std::size_t i) { return static_cast<char32_t>(byte(at + i) & 0x3F); };
  auto is_tail = [&](std::size_t i) { return (byte(at + i) & 0xC0) == 0x80; };
  const bool tail1 = left >= 2 && is_tail(1);
  const bool tail2 = tail1 && left >= 3 && is_tail(2);
  char32_t character = first;
  std::size_t length = 1;
  if (first >= 0xC2 && first < 0xE0 && tail1) {
    character = (first & 0x1F) << 6 | tail(1);
    length = 2;
  } else if (first >= 0xE0 && first < 0xF0 && tail2) {
    const char32_t whole = (first & 0x0F) << 12 | tail(1) << 6 | tail(2);
    if (whole < 0x800 || (whole >= 0xD800 && whole <= 0xDFFF)) {
      ++at;
      return first;
    }
    character = whole;
    length = 3;
  } else if (first >= 0xF0 && first < 0xF5 && tail2 && left >= 4 && is_tail(3)) {
    const char32_t whole = (first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
    if (whole < 0x10000 || whole > 0x10FFFF) {
      ++at;
      return first;
    }
    character = whole;
    length = 4;
  }
  at += length;
  return character;
}

inline void append_character(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

// The beginning of a text for people to read: at most `most` bytes of it, whole characters, and an ellipsis when there is
// more.
inline std::string shortened(std::string_view utf8, std::size_t most = 60) {
  if (utf8.size() <= most) return std::string(utf8);
  while (most > 0 && (static_cast<unsigned char>(utf8[most]) & 0xC0) == 0x80) --most;
  return std::string(utf8.substr(0, most)) + "…";
}

}  // namespace yilian::text
