#pragma once
// What the index says of a search for words (../words.h).

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"
#include "engine/records/search/stretch.h"

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

// Where the rows are, of a condition that they decide alone: one word that is in the index as it is typed, and nobody has
// more words than the index.
std::optional<std::vector<Stretch>> word_stretches(database::Connection& reader, std::uint8_t type,
                                                   const Condition& condition);

// The numbers of the rows in which words stand.
std::vector<std::uint32_t> word_rows(std::uint8_t type, Condition::About about);

}  // namespace yilian::records
