#pragma once
// The one writer and the many readers of a SQLite database (WAL, synchronous=FULL). What many ask for within a moment shares one commit and one fsync.

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace yilian::database {

// A prepared statement, reset when it goes out of scope, owned by its connection's cache.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* inner) : inner_(inner) {}
  Statement(const Statement&) = delete;
  Statement(Statement&& other) noexcept : inner_(other.inner_) { other.inner_ = nullptr; }
  ~Statement();
  Statement& bind(int index, std::int64_t value);   // 1-based; throws storage errors as StorageError
  Statement& bind(int index, std::string_view text);   // not copied: must live until the statement is reset
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);
  bool step();                                      // true: a row is there
  void run() { while (step()) {} }
  void reset();
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;          // until the next step
  std::string_view blob(int column) const;
  bool null(int column) const;
 private:
  sqlite3_stmt* inner_;
};

// Thrown by statements; caught by the writer and by Readers, which turn it into an Issue (Code::storage).
struct StorageError;

class Connection {
 public:
  // Kept prepared by its text: pass literals.
  Statement prepare(std::string_view sql);
  void execute(std::string_view sql);   // may be several statements
  std::int64_t last_row() const;
  std::int64_t changes() const;
  sqlite3* raw() const { return db_; }
  ~Connection();
 private:
  friend class Database;
  explicit Connection(const std::string& path, bool writer);
  struct Cache;
  sqlite3* db_ = nullptr;
  std::unique_ptr<Cache> cache_;
};

struct Options {
  std::size_t readers = 8;
  std::size_t batch_tasks = 256;         // at most so many tasks share a commit
  std::size_t batch_bytes = 64u << 20;
  std::size_t queue_tasks = 4096;        // more: submit() answers Code::busy
};

// One migration: what brings the schema from version n-1 to n. Folders above give theirs, all together make the schema.
struct Migration {
  int version;
  std::string_view sql;
};
struct Schema {
  std::string_view part;                 // "journal", "records": each part counts its own versions
  std::vector<Migration> migrations;
};

struct Counters {
  std::uint64_t commits, tasks, failed_tasks, busy_refusals;
};

class Database {
 public:
  // Opens or makes the file, migrates it. Errors: storage, bad_config (a newer program wrote it).
  static Result<std::unique_ptr<Database>> open(const std::string& path, const std::vector<Schema>& schema, const Options& options = {});
  ~Database();  // finishes what is queued

  // Work inside the writer. It may be run again (alone) when another task of its batch fails, so it must depend on nothing but the database
  // and its own input. It throws or returns an Issue to undo what it did (a savepoint of its own); the others of the batch go on.
  using Task = std::function<Result<void>(Connection&)>;
  // Called on the writer's thread once the commit is on disk, or with why not. Must be quick and must not throw.
  using Done = std::function<void(Result<void>)>;
  // Tasks run in the order of submission. Errors at once: busy. `bytes`: about how much it will write.
  Result<void> submit(Task task, Done done, std::size_t bytes = 0);
  // The same, waiting for the disk.
  Result<void> write(Task task, std::size_t bytes = 0);

  // Runs `query` on a reader's connection inside one read snapshot; waits for a free one.
  template <class F>
  auto read(F&& query) -> std::invoke_result_t<F, Connection&> {
    auto lease = acquire();
    return query(*lease.connection);
  }
  Counters counters() const;
  void close();

 private:
  struct Inner;
  struct Lease {
    Database* home;
    Connection* connection;
    Lease(Database* h, Connection* c) : home(h), connection(c) {}
    Lease(const Lease&) = delete;
    ~Lease();
  };
  Lease acquire();
  Database();
  std::unique_ptr<Inner> inner_;
};

}  // namespace yilian::database
