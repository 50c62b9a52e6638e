#include "engine/fhir/json_output.h"

#include <array>

namespace yilian::fhir {
namespace {

// Characters that a JSON string cannot hold as they are: 0 for plain ones, the letter of the short escape, or 'u'.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

}  // namespace

void JsonOutput::grow(std::size_t bytes) {
  const std::size_t used = static_cast<std::size_t>(at_ - out_.data());
  out_.resize(used + bytes + std::max(kFirstRoom, used - start_));
  at_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

void JsonOutput::string(std::string_view text, char behind) {
  room(text.size() + 3);
  *at_++ = '"';
  const char* from = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    char* to = at_;
    for (; left >= kWord; left -= kWord, from += kWord, to += kWord) {
      std::uint64_t word;
      std::memcpy(&word, from, kWord);
      if (bytes_to_escape(word) != 0) break;
      std::memcpy(to, &word, kWord);
    }
    for (; left > 0 && kEscapes[static_cast<unsigned char>(*from)] == 0; --left) *to++ = *from++;
    at_ = to;
    if (left == 0) break;
    escape(static_cast<unsigned char>(*from++));
    room(--left + 2);
  }
  *at_++ = '"';
  if (behind != 0) *at_++ = behind;
}

void JsonOutput::escape(unsigned char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  room(6);
  *at_++ = '\\';
  *at_++ = kEscapes[c];
  if (kEscapes[c] != 'u') return;
  *at_++ = '0';
  *at_++ = '0';
  *at_++ = kHex[c >> 4];
  *at_++ = kHex[c & 15];
}

}  // namespace yilian::fhir
