#pragma once
// _text and _content: words in the narrative, or anywhere in the resource: what is asked, and whether a body says it.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Any of `parts`, all of them, or a word, which may be "several in a row".
struct WordsAsked {
  enum class Is : std::uint8_t { word, all, any } is = Is::word;
  std::string word{};  // folded, never empty
  std::vector<WordsAsked> parts{};
};

// What is asked: words that all have to be there, `OR` between them, brackets, "several words in a row". Errors:
// bad_value.
Result<void> check_words(std::string_view text, const std::string& name);

// One of these, of a condition whose texts were checked.
std::vector<WordsAsked> words_asked(const Condition& condition);

// Each is looked up for itself.
inline constexpr std::size_t kMostWordsAsked = 100;
std::size_t count_of_words(const Condition& condition);

// Keeps those of a type's resources whose bodies have what one of the condition's texts asks; case, width and
// traditional forms aside. Errors: too_large, storage.
Result<void> keep_with_words(database::Connection& reader, const Plan& plan, const Condition& condition,
                             Bitmap& candidates);

}  // namespace yilian::records
