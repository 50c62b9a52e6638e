#pragma once

namespace yilian::database {

// Milliseconds that SQLite waits for another connection of ours, before it says that the database is busy.
inline constexpr int kBusyTimeout = 10'000;

}  // namespace yilian::database
