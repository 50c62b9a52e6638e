#include "engine/database/sqlite/checkpointer.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "engine/base/log.h"
#include "engine/database/sqlite/timeouts.h"

namespace yilian::database {
namespace {

// A log of this size stays as it is: overwriting it is cheaper than growing it anew.
constexpr std::uintmax_t kKeepLogBytes = 8 << 20;
// The log may grow to so many times its bound while a copy is under way; then the writer waits for it.
constexpr std::int64_t kPatience = 4;
constexpr int kWaitForReaders = 100;  // milliseconds

}  // namespace

Checkpointer::Checkpointer(const std::string& path, std::uint64_t database, std::size_t page_bytes,
                           const Options& options)
    : path_(path),
      database_(database),
      copy_pages_(std::max<std::int64_t>(1, static_cast<std::int64_t>(options.wal_bytes / page_bytes / 4))),
      most_pages_(std::max<std::int64_t>(4, static_cast<std::int64_t>(options.wal_bytes / page_bytes))),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() { close(); }

void Checkpointer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::watch(SqliteConnection& writer) { sqlite3_wal_hook(writer.raw(), after_commit, this); }

int Checkpointer::after_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<Checkpointer*>(self)->pages_ = pages;
  return SQLITE_OK;
}

void Checkpointer::committed(SqliteConnection& writer) {
  std::int64_t copied = copied_.load();
  if (pages_ < copied) {  // the log has started anew
    copied_.compare_exchange_strong(copied, 0);
    copied = 0;
  }
  if (pages_ < forced_at_) forced_at_ = 0;
  if (pages_ >= most_pages_ && pages_ - forced_at_ >= copy_pages_) {
    std::unique_lock copying(copying_, std::defer_lock);
    if (pages_ >= kPatience * most_pages_) {
      copying.lock();
    } else if (!copying.try_lock()) {
      return;
    }
    forced_at_ = pages_;
    // Readers that came before the copy was complete keep the log from starting anew; those that come after it do not.
    // So past twice the bound the writer waits for them to leave, though not long: one that stays must not hold up the
    // hospital.
    const bool wait = pages_ >= 2 * most_pages_;
    sqlite3_busy_timeout(writer.raw(), wait ? kWaitForReaders : 0);
    copy(writer, wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
    sqlite3_busy_timeout(writer.raw(), kBusyTimeout);
    return;
  }
  if (pages_ - copied < copy_pages_) return;
  {
    const std::lock_guard lock(mutex_);
    if (asked_) return;
    asked_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::empty_log(SqliteConnection& writer) {
  const std::lock_guard copying(copying_);
  copy(writer, SQLITE_CHECKPOINT_PASSIVE);
  if (pages_ > copied_.load()) return;  // a reader still needs the log
  std::error_code unknown;
  // The file is as large as the log ever was.
  const auto bytes = std::filesystem::file_size(path_ + "-wal", unknown);
  if (unknown || bytes <= kKeepLogBytes) return;
  sqlite3_busy_timeout(writer.raw(), 0);
  copy(writer, SQLITE_CHECKPOINT_TRUNCATE);
  sqlite3_busy_timeout(writer.raw(), kBusyTimeout);
}

void Checkpointer::copy(SqliteConnection& connection, int mode) {
  int in_log = 0, copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection.raw(), nullptr, mode, &in_log, &copied);
  if (code == SQLITE_OK) {
    if (copied >= 0) copied_ = copied;
  } else if ((code & 0xFF) != SQLITE_BUSY && (code & 0xFF) != SQLITE_LOCKED) {
    // Nothing is lost: the log holds everything, and only grows.
    log::error("database", "checkpoint_failed", {{"what", sqlite3_errmsg(connection.raw())}});
  }
}

void Checkpointer::run() {
  std::unique_ptr<SqliteConnection> connection;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return asked_ || closing_; });
    if (closing_) return;
    lock.unlock();
    try {
      if (connection == nullptr) {
        connection = std::make_unique<SqliteConnection>(path_, database_, false);
        connection->execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-256;");
      }
      const std::lock_guard copying(copying_);
      copy(*connection, SQLITE_CHECKPOINT_PASSIVE);
    } catch (const StorageError& error) {
      log::error("database", "checkpoint_failed", {{"what", error.what()}});
    }
    lock.lock();
    asked_ = false;
  }
}

}  // namespace yilian::database
