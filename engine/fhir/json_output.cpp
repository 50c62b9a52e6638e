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

// Where the text from `from` up to `end` first has something to escape. Eight bytes at a time; the last eight may overlap
// the ones before.
const char* plain_end(const char* from, const char* end) {
  const auto special = [](const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, kWord);
    return bytes_to_escape(word);
  };
  const char* at = from;
  if (end - from >= static_cast<std::ptrdiff_t>(kWord)) {
    while (end - at >= static_cast<std::ptrdiff_t>(kWord) && special(at) == 0) at += kWord;
    if (end - at < static_cast<std::ptrdiff_t>(kWord) && special(end - kWord) == 0) return end;
  }
  while (at != end && kEscapes[static_cast<unsigned char>(*at)] == 0) ++at;
  return at;
}

}  // namespace

void JsonOutput::grow(std::size_t bytes) {
  flush();
  at_ = begin();
  if (static_cast<std::size_t>(end_ - at_) >= bytes) return;
  const std::size_t size = bytes + bytes / 2;
  large_ = std::make_unique_for_overwrite<char[]>(size);
  at_ = large_.get();
  end_ = at_ + size;
}

// Behind the first quote; there is room for the other one and one more at the end.
char* JsonOutput::escaped(std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  for (;;) {
    const char* const special = plain_end(from, end);
    at_ = copy(at_, {from, static_cast<std::size_t>(special - from)});
    if (special == end) return at_;
    escape(static_cast<unsigned char>(*special));
    from = special + 1;
    room(static_cast<std::size_t>(end - from) + 2);
  }
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
