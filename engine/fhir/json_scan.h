#pragma once
// Scanning of JSON strings eight bytes at a time, and UTF-8. For the reader and the writers of this folder.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace yilian::fhir {

inline constexpr std::size_t kWord = sizeof(std::uint64_t);
inline constexpr std::uint64_t kOnes = 0x0101010101010101u;
inline constexpr std::uint64_t kHigh = 0x8080808080808080u;

// Top bits of the bytes below `bound`. Exact up to the first one, in the order of significance; not above it.
inline std::uint64_t bytes_below(std::uint64_t word, std::uint8_t bound) {
  return (word - kOnes * bound) & ~word & kHigh;
}

// The same for bytes that a JSON string cannot hold as they are: a quote, a backslash or a control character.
inline std::uint64_t bytes_to_escape(std::uint64_t word) {
  return bytes_below(word, 0x20) | bytes_below(word ^ (kOnes * '"'), 1) | bytes_below(word ^ (kOnes * '\\'), 1);
}

// Top bits of the bytes that end a run of plain text: quote, backslash, control or above ASCII. Exact up to the first
// one.
inline std::uint64_t special_bytes(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, kWord);
  return bytes_to_escape(word) | (word & kHigh);
}

inline const char* skip_plain(const char* at) {
  if constexpr (std::endian::native == std::endian::little) {
    for (;;) {
      if (const std::uint64_t found = special_bytes(at)) return at + std::countr_zero(found) / 8;
      at += kWord;
    }
  } else {
    while (special_bytes(at) == 0) at += kWord;
    while (*at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20 &&
           static_cast<unsigned char>(*at) < 0x80)
      ++at;
    return at;
  }
}

// Bytes of the UTF-8 character at `at`, which is not ASCII; 0 when it is none (RFC 3629: no overlong forms, no
// surrogates). The zero bytes behind the text end every sequence that is cut short.
inline std::size_t utf8_length(const char* at) {
  const auto byte = [at](int i) { return static_cast<unsigned char>(at[i]); };
  const auto follows = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

inline char* put_utf8(char* to, std::uint32_t code) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return to;
}

}  // namespace yilian::fhir
