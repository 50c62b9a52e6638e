#include "engine/database/readers.h"

#include <sqlite3.h>

#include <utility>

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
    // This reads, and so takes the snapshot. The number is another one when anybody has committed since this connection
    // looked before: what it knows of the database holds otherwise.
    auto version = connection->prepare("PRAGMA data_version");
    version.step();
    if (version.integer(0) != std::exchange(connection->data_version_, version.integer(0))) ++connection->transaction_;
    version.reset();
    return connection.release();
  } catch (...) {
    connection.reset();
    {
      const std::lock_guard lock(mutex_);
      --opened_;
    }
    wake_.notify_one();
    gone_.notify_all();
    throw;
  }
}

bool Readers::one_is_free() {
  const std::lock_guard lock(mutex_);
  return !free_.empty() && !closed_;
}

void Readers::give_back(Connection* connection) noexcept {
  std::unique_ptr<Connection> given(connection);
  try {
    given->prepare("COMMIT").run();
  } catch (const std::exception& error) {
    log::error("database", "snapshot_not_ended", {{"what", error.what()}});
    given.reset();
  }
  bool closed = false;
  {
    const std::lock_guard lock(mutex_);
    closed = closed_;
    if (given == nullptr || closed_) {
      --opened_;
    } else {
      free_.push_back(std::move(given));
    }
  }
  // One is enough: each who waits takes whichever is free. All of them would only find it taken.
  wake_.notify_one();
  if (closed) gone_.notify_all();
}

void Readers::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  opened_ -= free_.size();
  free_.clear();
  wake_.notify_all();
  gone_.wait(lock, [this] { return opened_ == 0; });
}

}  // namespace yilian::database
