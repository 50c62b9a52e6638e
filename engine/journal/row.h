#pragma once
// A row of `message` as it is read.

#include "engine/journal/journal.h"

namespace yilian::journal {

#define YL_JOURNAL_COLUMNS                                                                                      \
  "number, received, state, hospital, feed, peer, type, event, structure, control_id, sender, charset, error, " \
  "patient, mapping, answer, notices"
inline constexpr int kColumns = 17;  // raw_size and raw come after them

// Of a row that begins with these columns.
Entry entry_of(const database::Statement& row);

}  // namespace yilian::journal
