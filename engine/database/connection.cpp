#include <sqlite3.h>

#include <mutex>
#include <unordered_map>

#include "engine/database/database.h"
#include "engine/database/log_file.h"
#include "engine/database/timeouts.h"

namespace yilian::database {
namespace {

// Statements are kept by their text. The texts are literals of ours, so there are few; the bound is against a caller
// who does otherwise.
constexpr std::size_t kKeptStatements = 256;

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace

struct Connection::Cache {
  struct Kept {
    sqlite3_stmt* statement = nullptr;
    bool busy = false;
  };
  // Node-based: a Kept stays where it is while statements point to its `busy`.
  std::unordered_map<std::string, Kept, Hash, std::equal_to<>> kept;
  // A literal mostly comes from the same place: its address is tried before its text is hashed.
  struct Recent {
    const char* text = nullptr;
    std::size_t size = 0;
    Kept* kept = nullptr;
  };
  Recent recent[64];
};

Connection::Connection(const std::string& path, bool writer) : cache_(std::make_unique<Cache>()) {
  const int flags = writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX, log_gathering_vfs());
  if (code != SQLITE_OK) {
    const std::string what = db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory";
    sqlite3_close(db_);
    db_ = nullptr;
    throw StorageError(code, path + ": " + what);
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeout);
}

Connection::~Connection() {
  deferred_.clear();
  if (cache_ != nullptr) {
    for (auto& [text, kept] : cache_->kept) sqlite3_finalize(kept.statement);
  }
  sqlite3_close_v2(db_);
}

Statement Connection::prepare(std::string_view sql) {
  auto& recent = cache_->recent[(reinterpret_cast<std::uintptr_t>(sql.data()) >> 4) % std::size(cache_->recent)];
  if (recent.text == sql.data() && recent.size == sql.size() && !recent.kept->busy) {
    // Same address and size is the same text only for literals; sqlite3_sql() makes sure for anything else.
    if (sql == sqlite3_sql(recent.kept->statement)) {
      recent.kept->busy = true;
      return Statement(recent.kept->statement, &recent.kept->busy);
    }
  }
  auto found = cache_->kept.find(sql);
  const bool keep = found == cache_->kept.end() && cache_->kept.size() < kKeptStatements;
  if (found != cache_->kept.end() && !found->second.busy) {
    recent = {sql.data(), sql.size(), &found->second};
    found->second.busy = true;
    return Statement(found->second.statement, &found->second.busy);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      keep ? SQLITE_PREPARE_PERSISTENT : 0U, &statement, nullptr);
  if (code != SQLITE_OK) throw StorageError(code, std::string(sqlite3_errmsg(db_)) + " in: " + std::string(sql));
  if (!keep) return Statement(statement);
  auto& kept = cache_->kept.emplace(std::string(sql), Cache::Kept{statement, true}).first->second;
  recent = {sql.data(), sql.size(), &kept};
  return Statement(statement, &kept.busy);
}

void Connection::execute(std::string_view sql) {
  const std::string text(sql);
  if (const int code = sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) {
    throw StorageError(sqlite3_extended_errcode(db_), sqlite3_errmsg(db_));
  }
}

std::int64_t Connection::last_row() const { return sqlite3_last_insert_rowid(db_); }
std::int64_t Connection::changes() const { return sqlite3_changes64(db_); }

Deferred* Connection::find_deferred(const void* tag) const {
  for (const auto& [key, deferred] : deferred_) {
    if (key == tag) return deferred.get();
  }
  return nullptr;
}

Deferred& Connection::add_deferred(const void* tag, std::unique_ptr<Deferred> made) {
  return *deferred_.emplace_back(tag, std::move(made)).second;
}

void Connection::flush_deferred() {
  for (auto& [tag, deferred] : deferred_) deferred->flush(*this);
}

void Connection::discard_deferred() {
  for (auto& [tag, deferred] : deferred_) deferred->discard();
}

}  // namespace yilian::database
