#pragma once
// What bytes look like, where more than one charset can read them. Inside engine/text only; README.md explains the
// thinking.

#include <cstddef>
#include <string_view>

namespace yilian::text {

// One pass over bytes read as GB18030 by its structure alone (GB 18030-2005, section 4).
struct GbEvidence {
  bool valid = true;       // every byte >= 0x80 belongs to a two- or four-byte character
  std::size_t common = 0;  // Hanzi of GB 2312 level 1: the 3755 of daily use
  std::size_t rare = 0;    // other two-byte characters whose second byte is >= 0x80
  std::size_t ascii_trail =
      0;  // two-byte characters whose second byte is ASCII: a rare Hanzi, or a Western letter and its neighbour
  bool western_only =
      true;  // every byte >= 0x80 is a Latin-1 letter beside an ASCII letter, or a sign such as ° ± µ beside ASCII

  // Chinese text is mostly common Hanzi; Western text read this way is mostly rare characters with an ASCII letter in
  // them.
  bool looks_chinese() const { return valid && common > 0 && common >= ascii_trail; }
};
GbEvidence gb_evidence(std::string_view bytes);

// For bytes that are valid UTF-8 and not ASCII: true when they are more probably GB18030 that happens to be valid UTF-8
// too, such as a lone 女 (C5 AE, in UTF-8 Ů) in a field of its own. Never true when a UTF-8 character of three or four
// bytes is among them.
bool utf8_is_rather_gb(std::string_view utf8);
// Whether valid UTF-8 holds a character of three or four bytes, as all Chinese does.
bool has_long_utf8(std::string_view utf8);

}  // namespace yilian::text
