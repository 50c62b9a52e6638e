#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/log.h"
#include "engine/database/sqlite/checkpointer.h"
#include "engine/database/sqlite/data_file.h"
#include "engine/database/sqlite/sqlite_connection.h"

namespace yilian::database {
namespace {

// Pages of 4 KiB are what one random index row dirties; larger ones made the log of a commit longer and nothing faster
// (tests/bench/store_bench).
static_assert(kPageBytes == 4096);
constexpr std::string_view kWriterSettings =
    "PRAGMA page_size=4096;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"      // the log is synced at every commit
    "PRAGMA wal_autocheckpoint=0;"  // the checkpointer does it
    "PRAGMA journal_size_limit=-1;"
    "PRAGMA secure_delete=0;"
    "PRAGMA cell_size_check=1;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-24576;";

// Patients' data: for the service's own user only. SQLite gives the log and its index the same rights.
Result<void> make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(Code::storage, std::string("cannot be opened: ") + std::strerror(errno), path,
                "Check the folder and who may write there");
  }
  ::close(file);
  return {};
}

std::int64_t number_of(Connection& connection, std::string_view sql) {
  Statement statement = connection.prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

bool is_ours(std::int64_t application) { return application == kWithSums || application == kWithoutSums; }

void say_ours(SqliteConnection& writer) {
  writer.execute("PRAGMA application_id=" + std::to_string(has_sums(writer.raw()) ? kWithSums : kWithoutSums));
}

Result<void> apply(SqliteConnection& writer, const std::string& path, const std::vector<Schema>& schema) {
  const std::int64_t application = number_of(writer, "PRAGMA application_id");
  if (!is_ours(application)) {
    if (application != 0 || number_of(writer, "SELECT count(*) FROM sqlite_schema") != 0)
      return fail(Code::bad_config, "it is a database of another program", path, "Name another data folder");
    say_ours(writer);
    writer.execute("CREATE TABLE schema_part(part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
  }
  return apply_migrations(writer, path, schema, &Schema::migrations);
}

// A file that goes, with its log, unless it was moved away.
struct Copy {
  explicit Copy(std::string named) : path(std::move(named)) { remove(); }
  Copy(const Copy&) = delete;
  ~Copy() { remove(); }
  void remove() const {
    for (const char* end : {"", "-wal", "-shm", "-journal"}) ::unlink((path + end).c_str());
  }
  const std::string path;
};

Result<void> check_whole(Connection& connection, const std::string& path) {
  Statement row = connection.prepare("PRAGMA integrity_check(1)");
  if (row.step() && row.text(0) == "ok") return {};
  return fail(Code::storage, "the copy is damaged: " + std::string(row.text(0)), path,
              "Check the disk; restore the database from its backup");
}

Result<void> on_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!done) return fail(Code::storage, std::string("cannot be synced: ") + std::strerror(error), path);
  return {};
}

Result<void> move_on_disk(const std::string& from, const std::string& to) {
  YL_CHECK(on_disk(from));
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fail(Code::storage, std::string("cannot be made: ") + std::strerror(errno), to);
  const std::size_t slash = to.find_last_of('/');
  return on_disk(slash == std::string::npos ? "." : to.substr(0, slash + 1));
}

class SqliteDriver final : public Driver {
 public:
  SqliteDriver(const std::string& path, const Options& options)
      : path_(path), options_(options), number_(new_database_number()) {}

  Result<std::unique_ptr<Connection>> open_writer(const std::vector<Schema>& schema) override {
    YL_CHECK(make_private(path_));
    auto writer = std::make_unique<SqliteConnection>(path_, number_, true);
    if (number_of(*writer, "PRAGMA page_count") == 0) {
      begin_sums(writer->raw());
    } else if (!has_sums(writer->raw())) {
      log::warning("database", "pages_without_checksums",
                   {{"what", "what the disk turns in it may not be noticed. A copy made by 'yilian store backup' has "
                             "checksums: put it in its place (docs/hospital-it.md)"}});
    }
    writer->execute(kWriterSettings);
    writer->execute("BEGIN IMMEDIATE");
    if (auto applied = apply(*writer, path_, schema); !applied) {
      writer->execute("ROLLBACK");
      return Failure(applied.error());
    }
    writer->execute("COMMIT");
    checkpointer_ = std::make_unique<Checkpointer>(path_, number_, kPageBytes, options_);
    checkpointer_->watch(*writer);
    return writer;
  }

  Result<std::vector<PartVersion>> rehearse(const std::vector<Schema>& schema) override {
    YL_CHECK(check_there());
    std::vector<PartVersion> versions;
    {
      SqliteConnection stored(path_, number_, false);
      if (!is_ours(number_of(stored, "PRAGMA application_id")))
        return fail(Code::bad_config, "it is a database of another program", path_, "Name another data folder");
      versions = versions_of(stored, schema, &Schema::migrations);
    }
    const Copy copy(path_ + ".rehearsal");
    YL_CHECK(copy_to(copy.path));
    SqliteDriver driver(copy.path, options_);
    auto writer = driver.open_writer(schema);
    driver.close();
    if (writer) YL_CHECK(check_whole(**writer, copy.path));
    if (!writer) {
      Issue issue = writer.error();
      issue.where = path_;
      return Failure(std::move(issue));
    }
    return versions;
  }

  Result<void> back_up(const std::string& file) override {
    YL_CHECK(check_there());
    YL_CHECK(check_free(file));
    const Copy part(file + ".part");
    YL_CHECK(copy_to(part.path));
    if (SqliteConnection copied(part.path, number_, false); !has_sums(copied.raw())) {
      begin_sums(copied.raw());
      say_ours(copied);
      copied.execute("VACUUM");
    }
    {
      SqliteConnection copied(part.path, number_, false);
      YL_CHECK(check_whole(copied, part.path));
    }
    return move_on_disk(part.path, file);
  }

  Result<void> make_anew(const std::string& file, const std::vector<Schema>& schema,
                         const std::vector<std::string_view>& tables,
                         const std::function<Result<void>(const std::string& place)>& fill) override {
    YL_CHECK(check_there());
    YL_CHECK(check_free(file));
    const Copy part(file + ".part");
    YL_CHECK(copy_without(tables, schema, part.path));
    YL_CHECK(fill(part.path));
    {
      SqliteConnection made(part.path, number_, false);
      YL_CHECK(check_whole(made, part.path));
    }
    return move_on_disk(part.path, file);
  }

  std::unique_ptr<Connection> open_reader() override {
    auto made = std::make_unique<SqliteConnection>(path_, number_, false);
    // Pages are read from the system's cache, which all share; each reader keeps little of its own.
    made->execute("PRAGMA query_only=1; PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY;");
    return made;
  }

  bool near() const override { return true; }

  void committed(Connection& writer) override { checkpointer_->committed(static_cast<SqliteConnection&>(writer)); }

  void rest(Connection& writer) override {
    auto& connection = static_cast<SqliteConnection&>(writer);
    checkpointer_->empty_log(connection);
    sqlite3_db_release_memory(connection.raw());
  }

  // What was overwritten stands in the log as it was before, until that starts anew. On a connection of its own, as
  // this is nothing that a transaction can do.
  void erase_remains() override {
    constexpr int kPatience = 1000;  // milliseconds
    try {
      SqliteConnection connection(path_, number_, false);
      sqlite3_busy_timeout(connection.raw(), kPatience);
      number_of(connection, "SELECT count(*) FROM sqlite_schema");  // it learns by reading that there is a log
      const int code =
          sqlite3_wal_checkpoint_v2(connection.raw(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
      if (code != SQLITE_OK) refuse(connection.raw(), code);
    } catch (const StorageError& error) {
      log::warning("database", "log_not_emptied", {{"what", error.what()}});
    }
  }

  void close() override {
    if (checkpointer_ != nullptr) checkpointer_->close();
  }

 private:
  Result<void> check_there() const {
    if (::access(path_.c_str(), F_OK) != 0)
      return fail(Code::not_found, "there is no database yet", path_, "The first start makes it");
    return {};
  }

  static Result<void> check_free(const std::string& file) {
    if (::access(file.c_str(), F_OK) != 0) return {};
    return fail(Code::conflict, "it is there already, and is not overwritten", file, "Name another file");
  }

  // Row by row, so that what is damaged in the tables that are left out does not matter.
  Result<void> copy_without(const std::vector<std::string_view>& tables, const std::vector<Schema>& schema,
                            const std::string& to) const {
    SqliteDriver driver(to, options_);
    YL_TRY(const auto made, driver.open_writer(schema));
    driver.close();
    made->prepare("ATTACH ?1 AS before").bind(1, path_).run();
    if (number_of(*made, "SELECT count(*) FROM (SELECT part, version FROM before.schema_part EXCEPT SELECT part, version FROM "
                         "schema_part)") != 0)
      return fail(Code::bad_config, "it is not of this program's version", path_, "Start this program with it once, or take the other one");
    std::vector<std::string> names;
    for (auto rows = made->prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"); rows.step();) {
      if (std::find(tables.begin(), tables.end(), rows.text(0)) == tables.end()) names.emplace_back(rows.text(0));
    }
    for (const std::string& name : names)
      made->execute("DELETE FROM main." + name + "; INSERT INTO main." + name + " SELECT * FROM before." + name);
    return {};
  }

  // As of one moment; others may write meanwhile.
  Result<void> copy_to(const std::string& to) const {
    YL_CHECK(make_private(to));
    SqliteConnection source(path_, number_, false);
    SqliteConnection copy(to, number_, true);
    if (has_sums(source.raw())) begin_sums(copy.raw());
    sqlite3_backup* backup = sqlite3_backup_init(copy.raw(), "main", source.raw(), "main");
    if (backup == nullptr) refuse(copy.raw(), SQLITE_ERROR);
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) refuse(copy.raw(), code);
    return {};
  }

  const std::string path_;
  const Options options_;
  const std::uint64_t number_;
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace

std::unique_ptr<Driver> sqlite_driver(const std::string& path, const Options& options) {
  return std::make_unique<SqliteDriver>(path, options);
}

}  // namespace yilian::database
