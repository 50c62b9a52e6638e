#include "engine/database/readers.h"

#include "engine/base/log.h"

namespace yilian::database {

Connection* Readers::take() {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closed_ || !free_.empty() || opened_ < most_; });
    if (closed_) throw StorageError(Trouble::closed, "the database is closed");
    if (!free_.empty()) {
      connection = std::move(free_.back());
      free_.pop_back();
    } else {
      ++opened_;
    }
  }
  try {
    if (connection == nullptr) connection = driver_.open_reader();
    if (connection->begin_snapshot()) ++connection->transaction_;
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
    given->end_snapshot();
  } catch (const StorageError& error) {
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
