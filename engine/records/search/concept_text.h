#pragma once
// :text on tokens: the texts of a concept, compared with what was typed (search.html#modifiers).

#include <string_view>

namespace yilian::records {

// Both folded: at the beginning of a word of the text; in Chinese, which has no blanks, anywhere.
bool concept_text_matches(std::string_view text, std::string_view typed);

}  // namespace yilian::records
