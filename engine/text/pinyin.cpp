// Chinese text as it is typed without an input method.

#include <algorithm>
#include <array>

#include "engine/text/fold.h"
#include "engine/text/tables.h"
#include "engine/text/utf8.h"

namespace yilian::text {

namespace {

bool is_ascii_word(char32_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

// Lower-case ASCII letters and digits of one character that is not Chinese: "é" gives "e".
template <class With>
void each_ascii(char32_t c, With with) {
  if (c < 0x80) {
    const char32_t lower = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    if (is_ascii_word(lower)) with(static_cast<char>(lower));
    return;
  }
  const std::string_view other = folded(c);
  for (std::size_t at = 0; at < other.size();) {
    const char32_t part = next_character(other, at);
    if (is_ascii_word(part)) with(static_cast<char>(part));
  }
}

// How many Chinese characters the surname has that is read in its own way (0: none), and that reading.
struct Surname {
  std::size_t characters = 0;
  std::string_view reading;
};

Surname surname_of(std::string_view utf8) {
  std::array<char32_t, 2> first{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = next_character(utf8, at);
    if (is_hanzi(c)) {
      if (count < first.size()) first[count++] = simplified(c);
    } else if (c >= 0x80 && (c == 0xB7 || folded(c) == "\u00B7")) {
      if (count > 0) return {};  // 阿依古丽·买买提: a transcribed name begins with no surname
    }
  }
  if (count == 2) {
    if (const auto reading = special_reading(Place::surname, first[0], first[1]); !reading.empty()) return {2, reading};
  }
  if (count > 0) {
    if (const auto reading = special_reading(Place::surname, first[0]); !reading.empty()) return {1, reading};
  }
  return {};
}

// The reading of one character: by its place, else its own, else that of its simplified form.
std::string_view reading_of(char32_t c, bool is_name) {
  const char32_t simple = simplified(c);
  if (is_name) {
    if (const auto reading = special_reading(Place::given, simple); !reading.empty()) return reading;
  }
  if (const auto reading = special_reading(Place::any, simple); !reading.empty()) return reading;
  if (const auto reading = syllable(c); !reading.empty()) return reading;
  return syllable(simple);
}

}  // namespace

Pinyin pinyin(std::string_view utf8, bool is_name) {
  Pinyin typed;
  if (!has_chinese(utf8)) return typed;
  const Surname surname = is_name ? surname_of(utf8) : Surname{};
  std::string_view surname_left = surname.reading;
  std::size_t hanzi = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = next_character(utf8, at);
    if (!is_hanzi(c)) {
      each_ascii(c, [&](char letter) {
        typed.full.push_back(letter);
        typed.initials.push_back(letter);
      });
      continue;
    }
    std::string_view reading;
    if (hanzi++ < surname.characters) {
      const std::size_t end = std::min(surname_left.find(' '), surname_left.size());
      reading = surname_left.substr(0, end);
      surname_left.remove_prefix(std::min(end + 1, surname_left.size()));
    } else {
      reading = reading_of(c, is_name);
    }
    if (reading.empty()) continue;
    typed.full += reading;
    typed.initials.push_back(reading.front());
  }
  return typed;
}

std::string pinyin_key(std::string_view typed) {
  std::string key;
  bool has_letter = false;
  for (std::size_t at = 0; at < typed.size();) {
    const char32_t c = next_character(typed, at);
    // ü with each of the four tones; a lone diaeresis or a colon behind u says the same
    const bool u_umlaut = c == 0xFC || c == 0xDC || (c >= 0x1D5 && c <= 0x1DC);
    if (u_umlaut) {
      key.push_back('v');
      has_letter = true;
    } else if ((c == 0x308 || c == ':') && key.ends_with('u')) {
      key.back() = 'v';
    } else {
      each_ascii(c, [&](char letter) {
        key.push_back(letter);
        has_letter = has_letter || letter >= 'a';
      });
    }
  }
  if (!has_letter) return {};
  // No syllable ends in l, so "lyu" is the passport's lü wherever it stands; "nyu" only at the beginning, xinyu being
  // xin and yu.
  for (std::size_t at = key.find("lyu"); at != std::string::npos; at = key.find("lyu", at + 1))
    key.replace(at, 3, "lv");
  if (key.starts_with("nyu")) key.replace(0, 3, "nv");
  return key;
}

}  // namespace yilian::text
