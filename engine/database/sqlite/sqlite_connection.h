#pragma once
// A connection to a SQLite file.

#include <sqlite3.h>

#include "engine/database/driver.h"

namespace yilian::database {

class SqliteConnection final : public Connection {
 public:
  // `makes`: the file is made when there is none. Throws StorageError.
  SqliteConnection(const std::string& path, std::uint64_t database, bool makes);
  ~SqliteConnection() override;
  void execute(std::string_view sql) override;
  std::int64_t changes() const override { return sqlite3_changes64(db_); }
  void erase_deleted(bool on) override;
  sqlite3* raw() const { return db_; }

 private:
  std::unique_ptr<RawStatement> make(std::string_view sql, bool kept) override;
  void begin() override { prepare("BEGIN IMMEDIATE").run(); }
  void commit() override { prepare("COMMIT").run(); }
  void roll_back() override;
  bool in_transaction() const override { return sqlite3_get_autocommit(db_) == 0; }
  void set_savepoint() override { prepare("SAVEPOINT task").run(); }
  void undo_to_savepoint() override { prepare("ROLLBACK TO task").run(); }
  void release_savepoint() override { prepare("RELEASE task").run(); }
  bool begin_snapshot() override;
  // After some errors SQLite has ended it already.
  void end_snapshot() override {
    if (in_transaction()) prepare("COMMIT").run();
  }

  sqlite3* db_ = nullptr;
  std::int64_t data_version_ = -1;  // of a reader's last snapshot
};

[[noreturn]] void refuse(sqlite3* db, int code, std::string_view where = {});

}  // namespace yilian::database
