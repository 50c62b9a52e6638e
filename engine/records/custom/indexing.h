#pragma once
// The rows of clients' search parameters: added to what was there before, removed when one is gone. In the background,
// piece by piece; each piece is one transaction with the note of how far it came, so it goes on there after any end.

#include <atomic>

#include "engine/database/database.h"

namespace yilian::records {

// Looks again for active SearchParameters that are stored and do not count: a former version of the program passed over
// them, or could not index them. What cannot be indexed now either is logged. Inside a task.
void seek_parameters(database::Connection& writer);

// One piece of work, on the upkeep's thread; whether there is more.
bool index_custom_some(database::Database& database, const std::atomic<bool>& closing);

}  // namespace yilian::records
