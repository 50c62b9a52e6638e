#include <sqlite3.h>

#include "engine/database/database.h"

namespace yilian::database {

Issue storage_issue(const StorageError& error) {
  std::string cure;
  switch (error.code & 0xFF) {
    case SQLITE_FULL:
      cure = "Free space on the disk of the data folder";
      break;
    case SQLITE_IOERR:
      cure = "Check the disk of the data folder and the system's log";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      cure = "Restore the database from its backup";
      break;
    default:
      break;
  }
  return Issue{Code::storage, Severity::fatal, "database", error.what(), std::move(cure)};
}

Statement::~Statement() {
  if (inner_ == nullptr) return;
  if (busy_ == nullptr) {
    sqlite3_finalize(inner_);
    return;
  }
  sqlite3_reset(inner_);
  *busy_ = false;
}

void Statement::refuse(int code) const {
  sqlite3* db = sqlite3_db_handle(inner_);
  throw StorageError(sqlite3_extended_errcode(db) != 0 ? sqlite3_extended_errcode(db) : code, sqlite3_errmsg(db));
}

Statement& Statement::bind(int index, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(inner_, index, value); code != SQLITE_OK) refuse(code);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  // An empty view may carry a null pointer, which SQLite would take for NULL.
  const char* data = text.data() != nullptr ? text.data() : "";
  if (const int code = sqlite3_bind_text64(inner_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
      code != SQLITE_OK) {
    refuse(code);
  }
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.data() != nullptr ? bytes.data() : "";
  if (const int code = sqlite3_bind_blob64(inner_, index, data, bytes.size(), SQLITE_STATIC); code != SQLITE_OK)
    refuse(code);
  return *this;
}

Statement& Statement::bind_null(int index) {
  if (const int code = sqlite3_bind_null(inner_, index); code != SQLITE_OK) refuse(code);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(inner_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) refuse(code);
  return false;
}

void Statement::reset() { sqlite3_reset(inner_); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(inner_, column); }

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(inner_, column));
  return data == nullptr ? std::string_view()
                         : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(inner_, column)));
}

std::string_view Statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(inner_, column));
  return data == nullptr ? std::string_view()
                         : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(inner_, column)));
}

bool Statement::null(int column) const { return sqlite3_column_type(inner_, column) == SQLITE_NULL; }

}  // namespace yilian::database
