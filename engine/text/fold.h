#pragma once
// Folding for search: what two people would call the same word gets the same key.

#include <string>
#include <string_view>

namespace yilian::text {

// Case, width (full to half), accents, traditional to simplified, punctuation and blanks removed at the edges and runs
// of blanks made one. Between two Chinese characters blanks and dots vanish: 张 三 is 张三, 阿依古丽·买买提 is
// 阿依古丽买买提. Invisible characters go, control characters count as blanks. Signs that tell one test from another (+
// - inside, % # * < >) stay. Always valid UTF-8; folding a key again changes nothing.
std::string fold(std::string_view utf8);

// The ways in which a Chinese name is typed without an input method. Surnames are read as surnames (单 shan, 曾 zeng,
// 尉迟 yuchi). Lower-case ASCII. ü is v: 吕 is "lv", 略 "lve"; pinyin_key() brings what a person types to the same
// form.
struct Pinyin {
  std::string full;      // "zhangsan"
  std::string initials;  // "zs"
};
// One entry; empty strings when the text has no Chinese character. `is_name`: the first one or two characters are a
// surname, unless a middle dot shows a transcribed name. A character of several readings gets its most usual one. Latin
// letters and digits in the text stay in both forms
// ("CT检查" is "ctjiancha" and "ctjc"); a character without a known reading is left out.
Pinyin pinyin(std::string_view utf8, bool is_name);

// What a person typed as pinyin, in the form that pinyin() gives: without tones, blanks, apostrophes and hyphens, ü and
// the passport's "lyu" as v. "Zhāng Sān" is "zhangsan", "Lü" "lv", "LYU" "lv". "lu" stays "lu": it is another syllable.
// Empty when there is no ASCII letter in it.
std::string pinyin_key(std::string_view typed);

bool has_chinese(std::string_view utf8);

}  // namespace yilian::text
