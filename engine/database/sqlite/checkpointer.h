#pragma once
// Copies the write-ahead log back into the database on a thread and connection of its own, so that the writer does not
// wait for it.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/database/sqlite/sqlite_connection.h"

namespace yilian::database {

class Checkpointer {
 public:
  Checkpointer(const std::string& path, std::uint64_t database, std::size_t page_bytes, const Options& options);
  ~Checkpointer();
  void close();
  // Has SQLite tell the size of the log after each commit of the writer.
  void watch(SqliteConnection& writer);

  // Called by the writer after each commit: asks for a copy when enough is new, and when the log has grown past its
  // bound copies the little that the thread has not got to itself, between two commits, so that the next one starts the
  // log anew.
  void committed(SqliteConnection& writer);
  // Called by the writer when nothing is to be done: everything is copied, a large log's space is given back.
  void empty_log(SqliteConnection& writer);

 private:
  void run();
  void copy(SqliteConnection& connection, int mode);
  static int after_commit(void* self, sqlite3* db, const char* name, int pages);

  const std::string path_;
  const std::uint64_t database_;
  const std::int64_t copy_pages_;  // so many new pages: time to copy
  const std::int64_t most_pages_;  // so many in all: the log has to start anew
  std::mutex copying_;             // held while pages are copied
  std::mutex mutex_;               // of asked_ and closing_
  std::condition_variable wake_;
  bool asked_ = false;
  bool closing_ = false;
  std::atomic<std::int64_t> copied_{0};  // pages of the log that are copied back, as of the last copy
  std::int64_t pages_ = 0;               // of the log after the last commit (the writer's own)
  std::int64_t forced_at_ = 0;           // pages of the log when the writer last copied itself (the writer's own)
  std::thread thread_;
};

}  // namespace yilian::database
