#pragma once
// What the index says of a search for words (../words.h).

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

struct WordsFound {
  Bitmap all;     // nobody else has what is asked
  Bitmap unsure;  // of these the body decides: a phrase, a long word, more words than the index has
};
// Of the resources of one type, for a condition about their narrative or their content.
WordsFound find_words(database::Connection& reader, std::uint8_t type, const Condition& condition);

// About how many rows that would read, up to `most`; nothing: bodies decide too.
std::optional<std::int64_t> count_words(database::Connection& reader, std::uint8_t type, const Condition& condition,
                                        std::int64_t most);

// The numbers of the rows in which words stand.
std::vector<std::uint32_t> word_rows(std::uint8_t type, Condition::About about);

}  // namespace yilian::records
