#pragma once
// How long messages are kept, and the work that the journal's tables need now and then.

#include <atomic>

#include "engine/base/time.h"
#include "engine/database/database.h"

namespace yilian::journal {

// Messages are kept so long, in microseconds; 0: for ever. Inside a database task.
void keep_messages_for(database::Connection& writer, Instant time);
Instant messages_kept_for(database::Connection& reader);

// Removes the oldest sheaf, when all of its messages are older than they are kept and nothing of it is still to be delivered or waits for somebody as a dead letter;
// in slices, `removed` counts the messages. Whether there is more.
bool remove_oldest(database::Database& database, Instant now, std::int64_t& removed, const std::atomic<bool>& closing);

// The schema's upkeep.
bool keep_journal(database::Database& database, bool at_rest, const std::atomic<bool>& closing);

}  // namespace yilian::journal
