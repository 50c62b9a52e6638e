#pragma once
// The one writer and the many readers of a database: a SQLite file (WAL, synchronous=FULL), or PostgreSQL. What many ask
// for within a moment shares one commit and one fsync.

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
#include "engine/database/connection.h"
#include "engine/database/error.h"

namespace yilian::database {

Issue storage_issue(const StorageError& error);

// Whether Database::open takes this for a PostgreSQL server's URL ("postgresql://…", "postgres://…").
bool is_postgres(std::string_view place);
// Whether it can be read; asks no server. Errors: bad_value, without the URL's text, which may hold a password.
Result<void> check_postgres(const std::string& url);

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

// One logical layout: the same tables, columns and versions in both drivers, each in its own words.
struct Schema {
  std::string_view part;  // "journal", "records": each part counts its own versions
  std::vector<Migration> migrations;  // SQLite's
  // Work that the part's tables need now and then (merging, cutting): called on a thread of the database's own after some
  // commits and, `at_rest`, when nothing has been written for a while, now and then as long as that lasts; says whether
  // there is more. It stops soon once `closing`.
  std::function<bool(Database&, bool at_rest, const std::atomic<bool>& closing)> upkeep{};
  // PostgreSQL's. The first makes the whole layout as of its version. Columns are BIGINT, or BYTEA for text and bytes.
  std::vector<Migration> postgres{};
};

// The version of each part's tables that is stored (0: none yet), and the one that this program needs.
struct PartVersion {
  std::string part;
  std::int64_t stored, needed;
};
// Does what Database::open would do to bring the database up, so that it can fail beforehand: on a copy of a SQLite file
// beside it, which goes afterwards; on PostgreSQL in a transaction that is rolled back, while no daemon is at it. Errors:
// as of open; not_found when there is nothing yet.
Result<std::vector<PartVersion>> rehearse(const std::string& place, const std::vector<Schema>& schema);
// A copy of a SQLite file as of one moment, checked and on disk, while a daemon may be at it. Errors: storage; unsupported
// on PostgreSQL, whose own tools do this; conflict when `file` is there.
Result<void> back_up(const std::string& place, const std::string& file);

class Database;
// What some tables hold is made anew by `fill`, whatever has become of it; all other tables have to be whole. A SQLite file
// stays as it is, and `file` becomes the new one; on PostgreSQL the tables are emptied where they are, with all daemons
// stopped. Errors: as of open and back_up, those of `fill`; nothing is left behind then, but on PostgreSQL the tables, which
// are not whole until it has been done again.
Result<void> make_anew(const std::string& place, const std::string& file, const std::vector<Schema>& schema,
                       const std::vector<std::string_view>& tables, const std::function<Result<void>(Database&)>& fill);

struct Counters {
  std::uint64_t commits, tasks, failed_tasks, busy_refusals;
};

class Database {
 public:
  // Opens or makes what `place` names, migrates it: "postgresql://…", or else a SQLite file. Errors: storage, busy (the
  // server is not there), bad_config (a newer program wrote it, or other daemons are at it with an older one).
  static Result<std::unique_ptr<Database>> open(const std::string& place, const std::vector<Schema>& schema,
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
  // The same, by who keeps the tables (Schema::upkeep): of several daemons at one database one does, and `busy` is said
  // to the others, also when it has become another since the work began.
  Result<void> write_as_keeper(Task task, std::size_t bytes = 0);
  // Whether this daemon is that one; it becomes it when there is none. Asked before a piece of such work, not within it.
  bool keeps();
  // Does what the driver can so that nothing is left on the disk of what was deleted under erase_deleted().
  void erase_remains();

  // Runs `query` on a reader's connection inside one read snapshot; waits for a free one. What the database refuses is
  // an Issue (storage, busy) when the query gives a Result, else StorageError is thrown.
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
