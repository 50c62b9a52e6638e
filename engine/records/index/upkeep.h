#pragma once
// Keeps the index in few runs: folds what commits changed into runs, and merges runs into larger ones.

#include <atomic>

#include "engine/database/database.h"

namespace yilian::records {

// `at_rest`: nothing is being written. One piece of work, on a thread that may take its time, one at a time; whether there is more. Nothing is changed under a reader's
// eyes: a run is written beside what it replaces and takes its place in one transaction. Stopped at any moment it leaves
// at most pieces that no run owns, which the next call removes.
bool keep_index(database::Database& database, bool at_rest, const std::atomic<bool>& closing);

}  // namespace yilian::records
