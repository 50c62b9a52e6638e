#include "engine/database/readers.h"

#include <sqlite3.h>

#include "engine/base/log.h"

namespace yilian::database {

std::unique_ptr<Connection> Readers::open() const {
  std::unique_ptr<Connection> made(new Connection(path_, false));
  // Pages are read from the system's cache, which all share; each reader keeps little of its own.
  made->execute("PRAGMA query_only=1; PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY;");
  return made;
}

Connection* Readers::take() {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closed_ || !free_.empty() || opened_ < most_; });
    if (closed_) throw StorageError(SQLITE_MISUSE, "the database is closed");
    if (!free_.empty()) {
      connection = std::move(free_.back());
      free_.pop_back();
    } else {
      ++opened_;
    }
  }
  try {
    if (connection == nullptr) connection = open();
    connection->prepare("BEGIN").run();
    ++connection->transaction_;
    return connection.release();
  } catch (...) {
    connection.reset();
    {
      const std::lock_guard lock(mutex_);
      --opened_;
    }
    wake_.notify_all();
    throw;
  }
}

void Readers::give_back(Connection* connection) noexcept {
  std::unique_ptr<Connection> given(connection);
  if (sqlite3_exec(given->raw(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    log::error("database", "snapshot_not_ended", {{"what", sqlite3_errmsg(given->raw())}});
    given.reset();
  }
  {
    const std::lock_guard lock(mutex_);
    if (given == nullptr || closed_) {
      --opened_;
    } else {
      free_.push_back(std::move(given));
    }
  }
  wake_.notify_all();
}

void Readers::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  opened_ -= free_.size();
  free_.clear();
  wake_.notify_all();
  wake_.wait(lock, [this] { return opened_ == 0; });
}

}  // namespace yilian::database
