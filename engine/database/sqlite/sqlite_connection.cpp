#include "engine/database/sqlite/sqlite_connection.h"

#include "engine/database/sqlite/timeouts.h"
#include "engine/database/sqlite/vfs.h"

namespace yilian::database {
namespace {

Trouble trouble_of(int code) {
  if (code == SQLITE_IOERR_DATA) return Trouble::damaged;
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return Trouble::full;
    case SQLITE_IOERR:
      return Trouble::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Trouble::damaged;
    default:
      return Trouble::other;
  }
}

class SqliteStatement final : public RawStatement {
 public:
  explicit SqliteStatement(sqlite3_stmt* inner) : inner_(inner) {}
  SqliteStatement(const SqliteStatement&) = delete;
  ~SqliteStatement() override { sqlite3_finalize(inner_); }

  void bind_integer(int index, std::int64_t value) override { check(sqlite3_bind_int64(inner_, index, value)); }
  // An empty view may carry a null pointer, which SQLite would take for NULL.
  void bind_text(int index, std::string_view text) override {
    check(sqlite3_bind_text64(inner_, index, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_STATIC,
                              SQLITE_UTF8));
  }
  void bind_blob(int index, std::string_view bytes) override {
    check(sqlite3_bind_blob64(inner_, index, bytes.data() != nullptr ? bytes.data() : "", bytes.size(), SQLITE_STATIC));
  }
  void bind_null(int index) override { check(sqlite3_bind_null(inner_, index)); }

  bool step() override {
    const int code = sqlite3_step(inner_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) refuse(sqlite3_db_handle(inner_), code);
    return false;
  }
  void reset() noexcept override { sqlite3_reset(inner_); }

  std::int64_t integer(int column) const override { return sqlite3_column_int64(inner_, column); }
  std::string_view text(int column) const override {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(inner_, column));
    return data == nullptr ? std::string_view() : std::string_view(data, size(column));
  }
  std::string_view blob(int column) const override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(inner_, column));
    return data == nullptr ? std::string_view() : std::string_view(data, size(column));
  }
  bool null(int column) const override { return sqlite3_column_type(inner_, column) == SQLITE_NULL; }

 private:
  std::size_t size(int column) const { return static_cast<std::size_t>(sqlite3_column_bytes(inner_, column)); }
  void check(int code) const {
    if (code != SQLITE_OK) refuse(sqlite3_db_handle(inner_), code);
  }
  sqlite3_stmt* inner_;
};

}  // namespace

void refuse(sqlite3* db, int code, std::string_view where) {
  if (sqlite3_extended_errcode(db) != 0) code = sqlite3_extended_errcode(db);
  std::string what = code == SQLITE_IOERR_DATA ? "a page of the file is not as it was written" : sqlite3_errmsg(db);
  if (!where.empty()) what += " in: " + std::string(where);
  throw StorageError(trouble_of(code), what);
}

SqliteConnection::SqliteConnection(const std::string& path, std::uint64_t database, bool makes) : Connection(database) {
  const int flags = makes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX, our_vfs());
  if (code != SQLITE_OK) {
    const std::string what = db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory";
    sqlite3_close(db_);
    db_ = nullptr;
    throw StorageError(trouble_of(code), path + ": " + what);
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeout);
}

SqliteConnection::~SqliteConnection() {
  forget_statements();
  sqlite3_close_v2(db_);
}

std::unique_ptr<RawStatement> SqliteConnection::make(std::string_view sql, bool kept) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      kept ? SQLITE_PREPARE_PERSISTENT : 0U, &statement, nullptr);
  if (code != SQLITE_OK) refuse(db_, code, sql);
  return std::make_unique<SqliteStatement>(statement);
}

void SqliteConnection::execute(std::string_view sql) {
  const std::string text(sql);
  if (const int code = sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) refuse(db_, code);
}

void SqliteConnection::erase_deleted(bool on) {
  execute(on ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=OFF");
}

bool SqliteConnection::begin_snapshot() {
  prepare("BEGIN").run();
  // This reads, and so takes the snapshot. The version is another one when anybody has committed since this connection
  // looked before: what it knows of the database holds otherwise.
  Statement version = prepare("PRAGMA data_version");
  version.step();
  return version.integer(0) != std::exchange(data_version_, version.integer(0));
}

void SqliteConnection::roll_back() {
  if (in_transaction()) execute("ROLLBACK");
}

}  // namespace yilian::database
