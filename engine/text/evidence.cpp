#include "engine/text/evidence.h"

#include <algorithm>

#include "engine/text/utf8.h"

namespace yilian::text {

namespace {

unsigned char byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

bool is_high(unsigned char byte) { return byte >= 0x80; }
bool is_letter(unsigned char byte) { return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z'); }
bool is_alphanumeric(unsigned char byte) { return is_letter(byte) || (byte >= '0' && byte <= '9'); }
bool is_digit_of_gb4(unsigned char byte) { return byte >= '0' && byte <= '9'; }
bool is_common_hanzi(unsigned char lead, unsigned char trail) {
  return lead >= 0xB0 && lead <= 0xD7 && trail >= 0xA1 && trail <= 0xFE;
}

// Whether a run of bytes >= 0x80 reads as Western text in Latin-1: one or two letters that touch an ASCII letter, or a
// sign that touches a letter or digit. Longer runs are not found in Western words.
bool reads_western(std::string_view bytes, std::size_t begin, std::size_t end) {
  const unsigned char before = begin > 0 ? byte_at(bytes, begin - 1) : 0;
  const unsigned char after = end < bytes.size() ? byte_at(bytes, end) : 0;
  const unsigned char first = byte_at(bytes, begin);
  const std::size_t length = end - begin;
  if (first >= 0xC0) {
    return (length == 1 || (length == 2 && byte_at(bytes, begin + 1) >= 0xC0)) &&
           (is_letter(before) || is_letter(after));
  }
  // ° ± ² ³ ´ µ · ¼ ½ ¾ are what laboratories write.
  const bool laboratory_sign = (first >= 0xB0 && first <= 0xB7) || (first >= 0xBC && first <= 0xBE);
  return length == 1 && laboratory_sign && (is_alphanumeric(before) || is_alphanumeric(after));
}

std::size_t end_of_run(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && is_high(byte_at(bytes, at))) ++at;
  return at;
}

bool is_western(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (!is_high(byte_at(bytes, at))) continue;
    const std::size_t end = end_of_run(bytes, at);
    if (!reads_western(bytes, at, end)) return false;
    at = end;
  }
  return true;
}

// Length of the GB18030 character that begins with a byte >= 0x80; 0 when none does.
std::size_t gb_length(std::string_view bytes, std::size_t at) {
  const unsigned char lead = byte_at(bytes, at);
  if (lead < 0x81 || lead > 0xFE || at + 1 >= bytes.size()) return 0;
  const unsigned char second = byte_at(bytes, at + 1);
  if (second >= 0x40 && second <= 0xFE && second != 0x7F) return 2;
  if (!is_digit_of_gb4(second) || at + 3 >= bytes.size()) return 0;
  const unsigned char third = byte_at(bytes, at + 2);
  return third >= 0x81 && third <= 0xFE && is_digit_of_gb4(byte_at(bytes, at + 3)) ? 4 : 0;
}

enum class Verdict { utf8, gb };

enum class Script { latin, greek, cyrillic, other };

Script script_of(char32_t c) {
  if (c < 0x250) return Script::latin;
  if (c >= 0x370 && c < 0x400) return Script::greek;
  if (c >= 0x400 && c < 0x460) return Script::cyrillic;
  return Script::other;
}

// What a run of two-byte UTF-8 characters, bytes [begin, end), is rather. A letter of an alphabet stands in a word; a
// lone Hanzi stands alone.
Verdict judge_run(std::string_view bytes, std::size_t begin, std::size_t end) {
  for (std::size_t at = begin; at < end; at += 2) {
    if (!is_common_hanzi(byte_at(bytes, at), byte_at(bytes, at + 1))) return Verdict::utf8;
  }
  const bool touches_word = (begin > 0 && is_alphanumeric(byte_at(bytes, begin - 1))) ||
                            (end < bytes.size() && is_alphanumeric(byte_at(bytes, end)));
  if (end - begin == 2) return touches_word ? Verdict::utf8 : Verdict::gb;
  std::size_t at = begin;
  const Script script = script_of(next_character(bytes, at));
  while (at < end) {
    if (script_of(next_character(bytes, at)) != script) return Verdict::gb;
  }
  return script == Script::other ? Verdict::gb : Verdict::utf8;
}

}  // namespace

GbEvidence gb_evidence(std::string_view bytes) {
  GbEvidence evidence;
  evidence.western_only = is_western(bytes);
  for (std::size_t at = 0; at < bytes.size();) {
    const unsigned char lead = byte_at(bytes, at);
    if (!is_high(lead)) {
      ++at;
      continue;
    }
    const std::size_t length = gb_length(bytes, at);
    if (length == 0) {
      evidence.valid = false;
      return evidence;
    }
    const unsigned char trail = byte_at(bytes, at + 1);
    if (length == 2 && is_common_hanzi(lead, trail)) {
      ++evidence.common;
    } else if (length == 2 && !is_high(trail)) {
      ++evidence.ascii_trail;
    } else {
      ++evidence.rare;
    }
    at += length;
  }
  return evidence;
}

bool has_long_utf8(std::string_view utf8) {
  return std::ranges::any_of(utf8, [](char c) { return static_cast<unsigned char>(c) >= 0xE0; });
}

bool utf8_is_rather_gb(std::string_view utf8) {
  if (has_long_utf8(utf8)) return false;
  std::size_t for_gb = 0;
  std::size_t for_utf8 = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    if (!is_high(byte_at(utf8, at))) {
      ++at;
      continue;
    }
    const std::size_t end = end_of_run(utf8, at);
    ++(judge_run(utf8, at, end) == Verdict::gb ? for_gb : for_utf8);
    at = end;
  }
  return for_gb > for_utf8;
}

}  // namespace yilian::text
