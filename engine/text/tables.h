#pragma once
// The embedded tables, parsed once a process at their first use (about a millisecond). Inside engine/text only.

#include <string_view>

namespace yilian::text {

// What the character folds to; empty when it folds to itself. Not for ASCII.
std::string_view folded(char32_t character);
// The character's simplified form, or itself.
char32_t simplified(char32_t character);
// Its most usual syllable on the mainland, without tone; empty when none is known.
std::string_view syllable(char32_t character);

enum class Place : unsigned char { surname, given, any };
// The reading that a simplified character (or two of them, a compound surname: `second` not 0) has in this place
// instead of syllable()'s; for two, their syllables with a blank between. Empty when there is none.
std::string_view special_reading(Place place, char32_t first, char32_t second = 0);

inline bool is_hanzi(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x323AF);
}

}  // namespace yilian::text
