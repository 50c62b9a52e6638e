#pragma once
// Folding for search: what two people would call the same word gets the same key.

#include <string>
#include <string_view>
#include <vector>

namespace yilian::text {

// Case, width (full to half), accents, traditional to simplified, punctuation and blanks removed at the edges and runs of blanks made one.
std::string fold(std::string_view utf8);

// The ways in which a Chinese name is typed without an input method. Surnames are read as surnames (单 shan, 曾 zeng, 尉迟 yuchi).
struct Pinyin {
  std::string full;      // "zhangsan"
  std::string initials;  // "zs"
};
// One entry; empty strings when the text has no Chinese character. `is_name`: the first one or two characters are a surname.
Pinyin pinyin(std::string_view utf8, bool is_name);

bool has_chinese(std::string_view utf8);

}  // namespace yilian::text
