#pragma once
// What a database driver gives the writer, the readers and the migrations.

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/database/connection.h"
#include "engine/database/database.h"
#include "engine/database/error.h"

namespace yilian::database {

// One prepared statement; Statement's methods, without its checks. Throws StorageError.
class RawStatement {
 public:
  virtual ~RawStatement() = default;
  virtual void bind_integer(int index, std::int64_t value) = 0;
  virtual void bind_text(int index, std::string_view text) = 0;
  virtual void bind_blob(int index, std::string_view bytes) = 0;
  virtual void bind_null(int index) = 0;
  virtual void bind_each(int index, std::span<const std::int64_t> values);  // of make_each(); throws for any other
  virtual bool ask() { return false; }
  virtual bool step() = 0;
  virtual void reset() noexcept = 0;  // what was bound may go
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string_view blob(int column) const = 0;
  virtual bool null(int column) const = 0;
};

class Driver {
 public:
  virtual ~Driver() = default;
  // The first connection: makes what is missing and brings the schema up. Errors as of Database::open; throws
  // StorageError.
  virtual Result<std::unique_ptr<Connection>> open_writer(const std::vector<Schema>& schema) = 0;
  virtual std::unique_ptr<Connection> open_reader() = 0;  // throws StorageError
  // Whether reading asks no other machine, and so takes no longer than the disk does.
  virtual bool near() const { return false; }
  // As of the functions in database.h. Throw StorageError.
  virtual Result<std::vector<PartVersion>> rehearse(const std::vector<Schema>& schema) = 0;
  virtual Result<void> back_up(const std::string& file) = 0;
  // `fill` is given the place of what lacks these tables' rows.
  virtual Result<void> make_anew(const std::string& file, const std::vector<Schema>& schema,
                                 const std::vector<std::string_view>& tables,
                                 const std::function<Result<void>(const std::string& place)>& fill) = 0;
  // Told by the writer on its own thread: after each commit, and when nothing is to be done.
  virtual void committed(Connection&) {}
  virtual void rest(Connection&) {}
  // Whether this daemon keeps the tables; it takes that over when nobody else does. Not on the writer's thread.
  virtual bool keeps(Database&) { return true; }
  // So often the upkeep looks by itself, as others may write too; 0: never.
  virtual std::chrono::milliseconds looks_every() const { return {}; }
  virtual void erase_remains() {}
  virtual void close() {}  // its threads end
};

std::unique_ptr<Driver> sqlite_driver(const std::string& path, const Options& options);
std::unique_ptr<Driver> postgres_driver(const std::string& url);

// Another one at each call: Connection::database().
std::uint64_t new_database_number();

// Whether nothing of any part's migrations is missing.
bool is_up_to_date(Connection& writer, const std::vector<Schema>& schema, std::vector<Migration> Schema::*migrations);

// What is stored beside what is needed.
std::vector<PartVersion> versions_of(Connection& writer, const std::vector<Schema>& schema,
                                     std::vector<Migration> Schema::*migrations);

// Applies what is missing of each part's migrations, inside the caller's transaction. Errors: bad_config when a newer
// program wrote it, or one too old. Throws StorageError.
Result<void> apply_migrations(Connection& writer, const std::string& place, const std::vector<Schema>& schema,
                              std::vector<Migration> Schema::*migrations);

}  // namespace yilian::database
