#pragma once
// The one writer and the many readers of a SQLite database (WAL, synchronous=FULL). What many ask for within a moment
// shares one commit and one fsync.

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/result.h"
#include "engine/database/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace yilian::database {

// A prepared statement, reset when it goes out of scope, owned by its connection's cache.
class Statement {
 public:
  // `busy`: the cache's mark that the statement is in use; without one the statement is the caller's own and goes with
  // it.
  explicit Statement(sqlite3_stmt* inner, bool* busy = nullptr) : inner_(inner), busy_(busy) {}
  Statement(const Statement&) = delete;
  Statement(Statement&& other) noexcept : inner_(other.inner_), busy_(other.busy_) { other.inner_ = nullptr; }
  ~Statement();
  Statement& bind(int index, std::int64_t value);     // 1-based; throws storage errors as StorageError
  Statement& bind(int index, std::string_view text);  // not copied: must live until the statement is reset
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);
  bool step();  // true: a row is there
  void run() {
    while (step()) {
    }
  }
  void reset();
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // until the next step
  std::string_view blob(int column) const;
  bool null(int column) const;

 private:
  [[noreturn]] void refuse(int code) const;
  sqlite3_stmt* inner_;
  bool* busy_;
};

class Connection;

// What a part keeps with a connection: work of a transaction that is put off to its end, so that all tasks of a batch
// share it, and what was read. It lives as long as its connection and is used only inside its transactions.
class Deferred {
 public:
  virtual ~Deferred() = default;
  virtual void flush(Connection& writer) = 0;  // does what was put off; may throw StorageError
  virtual void discard() = 0;                  // forgets it: the transaction or the task is rolled back
};

class Connection {
 public:
  // Kept prepared by its text: pass literals.
  Statement prepare(std::string_view sql);
  void execute(std::string_view sql);  // may be several statements
  std::int64_t last_row() const;
  std::int64_t changes() const;
  sqlite3* raw() const { return db_; }
  // The connection's own T (a Deferred), made at the first call.
  template <class T>
  T& deferred() {
    static const char tag = 0;
    Deferred* found = find_deferred(&tag);
    if (found == nullptr) found = &add_deferred(&tag, std::make_unique<T>());
    return static_cast<T&>(*found);
  }
  // Another number with each transaction, and after whatever undoes a part of one: what was read under the same number
  // still holds, but for what this connection wrote itself. A reader keeps its number while nobody commits.
  std::uint64_t transaction() const { return transaction_; }
  // Before reading inside a task what earlier tasks may have put off.
  void flush_deferred();
  void discard_deferred();
  Connection(const Connection&) = delete;
  ~Connection();

 private:
  friend class Database;
  friend class Writer;
  friend class Checkpointer;
  friend class Readers;
  explicit Connection(const std::string& path, bool writer);
  Deferred* find_deferred(const void* tag) const;
  Deferred& add_deferred(const void* tag, std::unique_ptr<Deferred> made);
  std::vector<std::pair<const void*, std::unique_ptr<Deferred>>> deferred_;
  struct Cache;
  sqlite3* db_ = nullptr;
  std::unique_ptr<Cache> cache_;
  std::uint64_t transaction_ = 1;
  std::int64_t data_version_ = -1;  // of a reader's last snapshot
};

Issue storage_issue(const StorageError& error);

struct Options {
  std::size_t readers = 8;
  std::size_t batch_tasks = 256;  // at most so many tasks share a commit
  std::size_t batch_bytes = 64u << 20;
  std::size_t queue_tasks = 4096;         // more: submit() answers Code::busy
  std::size_t queue_bytes = 512u << 20;   // of the `bytes` that submit() was told
  std::size_t wal_bytes = 16u << 20;      // the write-ahead log is copied back before it grows past about this: growing it costs
                                          // more than copying, which another thread does
  std::int64_t idle_milliseconds = 3000;  // without work for so long: the log is emptied, caches are given back
  std::int64_t rest_milliseconds = 60'000;  // while nothing is written, upkeep has its turn each so often
};

// One migration: what brings the schema from version n-1 to n. Folders above give theirs, all together make the schema.
struct Migration {
  int version;
  std::string_view sql;
};
class Database;

struct Schema {
  std::string_view part;  // "journal", "records": each part counts its own versions
  std::vector<Migration> migrations;
  // Work that the part's tables need now and then (merging, cutting): called on a thread of the database's own after some
  // commits and, `at_rest`, when nothing has been written for a while, now and then as long as that lasts; says whether
  // there is more. It stops soon once `closing`.
  std::function<bool(Database&, bool at_rest, const std::atomic<bool>& closing)> upkeep{};
};

struct Counters {
  std::uint64_t commits, tasks, failed_tasks, busy_refusals;
};

class Database {
 public:
  // Opens or makes the file, migrates it. Errors: storage, bad_config (a newer program wrote it).
  static Result<std::unique_ptr<Database>> open(const std::string& path, const std::vector<Schema>& schema,
                                                const Options& options = {});
  ~Database();  // finishes what is queued

  // Work inside the writer. It may be run again (alone) when another task of its batch fails, so it must depend on
  // nothing but the database and its own input. It throws or returns an Issue to undo what it did (a savepoint of its
  // own); the others of the batch go on.
  using Task = std::function<Result<void>(Connection&)>;
  // Called on the writer's thread once the commit is on disk, or with why not. Must be quick and must not throw.
  using Done = std::function<void(Result<void>)>;
  // Tasks run in the order of submission. Errors at once: busy. `bytes`: about how much it will write.
  Result<void> submit(Task task, Done done, std::size_t bytes = 0);
  // The same, waiting for the disk.
  Result<void> write(Task task, std::size_t bytes = 0);

  // Runs `query` on a reader's connection inside one read snapshot; waits for a free one. What SQLite refuses is an
  // Issue (storage) when the query gives a Result, else StorageError is thrown.
  template <class F>
  auto read(F&& query) -> std::invoke_result_t<F, Connection&> {
    using Given = std::invoke_result_t<F, Connection&>;
    if constexpr (requires(Given given) { Given(Failure(given.error())); }) {
      try {
        auto lease = acquire();
        return query(*lease.connection);
      } catch (const StorageError& error) {
        return Given(Failure(storage_issue(error)));
      }
    } else {
      auto lease = acquire();
      return query(*lease.connection);
    }
  }
  // Whether read() would have a connection without waiting, at this moment: for who must not wait long. Never, where
  // reading means asking another machine.
  bool has_free_reader() const;
  Counters counters() const;
  // Finishes what is queued, then refuses with Code::busy. Also done by the destructor.
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
