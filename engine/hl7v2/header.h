#pragma once
// The first bytes of a message: where it begins and which delimiters it declares. Shared by the parser, the batch
// splitter and the charset skim.

#include <cstddef>
#include <string_view>

#include "engine/base/result.h"
#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {

constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr bool is_break(char c) { return c == '\r' || c == '\n'; }
// What may stand around segments without meaning anything: blanks, line ends, NULs, and stray bytes of MLLP.
constexpr bool is_padding(char c) {
  return c == ' ' || c == '\t' || is_break(c) || c == '\0' || c == '\v' || c == '\x1c';
}
// A delimiter is printable ASCII, and neither a letter, a digit, a blank nor the quote of `""`.
constexpr bool is_delimiter(char c) { return c > ' ' && c < '\x7f' && !is_letter(c) && !is_digit(c) && c != '"'; }

// `id` (upper case) stands at `at`, in any case.
inline bool id_at(std::string_view text, std::size_t at, std::string_view id) {
  return at + 3 <= text.size() && upper(text[at]) == id[0] && upper(text[at + 1]) == id[1] &&
         upper(text[at + 2]) == id[2];
}
// "MSH" and a possible field separator stand at `at`.
inline bool header_at(std::string_view text, std::size_t at) {
  return id_at(text, at, "MSH") && at + 3 < text.size() && is_delimiter(text[at + 3]);
}
// Skips a UTF-8 BOM and padding from `at`.
std::size_t skip_padding(std::string_view text, std::size_t at);
struct Declared {
  Delimiters delimiters;
  std::size_t end;            // after MSH-2
  const char* odd = nullptr;  // what was tolerated about MSH-2
};
// Reads MSH-1 and MSH-2 of the header at `at`. Errors: bad_structure.
Result<Declared> read_delimiters(std::string_view text, std::size_t at);

}  // namespace yilian::hl7v2
