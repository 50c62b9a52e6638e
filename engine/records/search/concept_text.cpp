#include "engine/records/search/concept_text.h"

namespace yilian::records {

bool concept_text_matches(std::string_view text, std::string_view typed) {
  const auto is_word = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  for (std::size_t at = text.find(typed); at != std::string_view::npos; at = text.find(typed, at + 1)) {
    if (at == 0 || !is_word(text[at - 1]) || !is_word(typed.front())) return true;
  }
  return false;
}

}  // namespace yilian::records
