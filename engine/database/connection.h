#pragma once
// One connection to the database and its statements, whichever driver stands behind them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace yilian::database {

// What a driver makes of a statement: see driver.h.
class RawStatement;

// A prepared statement, reset when it goes out of scope, owned by its connection's cache. Throws StorageError.
class Statement {
 public:
  // `busy`: the cache's mark that the statement is in use; without one the statement is the caller's own and goes with
  // it.
  explicit Statement(RawStatement* inner, bool* busy = nullptr) : inner_(inner), busy_(busy) {}
  Statement(const Statement&) = delete;
  Statement(Statement&& other) noexcept : inner_(std::exchange(other.inner_, nullptr)), busy_(other.busy_) {}
  ~Statement();
  Statement& bind(int index, std::int64_t value);     // 1-based
  Statement& bind(int index, std::string_view text);  // not copied: must live until the statement is reset
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);
  bool step();  // true: a row is there
  void run() {
    while (step()) {
    }
  }
  void reset();
  std::int64_t integer(int column) const;  // 0 for NULL
  std::string_view text(int column) const;  // until the next step
  std::string_view blob(int column) const;
  bool null(int column) const;

 private:
  RawStatement* inner_;
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
  // A daemon beside this one has written since the writer's last transaction: what was read may be old.
  virtual void others_wrote() { discard(); }
};

// The SQL that is given is what SQLite and PostgreSQL both take, with ?1, ?2… for what is bound. Columns hold whole
// numbers or bytes; text is bytes too, and compared as such.
class Connection {
 public:
  // Kept prepared by its text: pass literals.
  Statement prepare(std::string_view sql);
  // The same for rows of which the caller may want only the first few: they are not all fetched beforehand.
  Statement walk(std::string_view sql);
  virtual void execute(std::string_view sql) = 0;  // may be several statements
  virtual std::int64_t changes() const = 0;        // rows that the last UPDATE or DELETE touched
  // While on: what is deleted is overwritten, as far as the driver can (see Database::erase_remains).
  virtual void erase_deleted(bool) {}
  // The same for all connections to one database, and never that of another one in this process: what never changes in
  // it may be kept under this number. Another one after a server came back with another history than it had.
  std::uint64_t database() const { return database_; }
  // The connection's own T (a Deferred), made at the first call.
  template <class T>
  T& deferred() {
    static const char tag = 0;
    Deferred* found = find_deferred(&tag);
    if (found == nullptr) found = &add_deferred(&tag, std::make_unique<T>());
    return static_cast<T&>(*found);
  }
  // Another number with each transaction, and after whatever undoes a part of one: what was read under the same number
  // still holds, but for what this connection wrote itself. A reader may keep its number while nobody commits.
  std::uint64_t transaction() const { return transaction_; }
  // Before reading inside a task what earlier tasks may have put off.
  void flush_deferred();
  void discard_deferred();
  Connection(const Connection&) = delete;
  virtual ~Connection();

 protected:
  explicit Connection(std::uint64_t database);
  virtual std::unique_ptr<RawStatement> make(std::string_view sql, bool kept) = 0;
  virtual std::unique_ptr<RawStatement> make_walk(std::string_view sql, bool kept);  // make() where that does
  void tell_others_wrote();
  // Between transactions: all that is known is forgotten when it is another database.
  void belong_to(std::uint64_t database);
  void forget_statements();  // before what they stand on goes

 private:
  friend class Writer;
  friend class Readers;
  friend class Database;
  // Of the writer, whose transactions these are.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void roll_back() = 0;                  // nothing, when none is open
  virtual bool in_transaction() const = 0;       // false as well when the database gave it up
  virtual void set_savepoint() = 0;
  virtual void settle() {}                       // what was gathered is written: its errors come now
  virtual void undo_to_savepoint() = 0;
  virtual void release_savepoint() = 0;
  virtual bool keeper() const { return true; }   // see Database::write_as_keeper; inside a transaction
  // Of a reader: a snapshot from the first query on, to the end. False: nobody has committed since the last one.
  virtual bool begin_snapshot() = 0;
  virtual void end_snapshot() = 0;

  struct Cache;
  Statement find_or_make(Cache& cache, std::string_view sql, bool walk);
  Deferred* find_deferred(const void* tag) const;
  Deferred& add_deferred(const void* tag, std::unique_ptr<Deferred> made);
  std::vector<std::pair<const void*, std::unique_ptr<Deferred>>> deferred_;
  std::unique_ptr<Cache> prepared_, walks_;
  std::uint64_t database_;
  std::uint64_t transaction_ = 1;
};

}  // namespace yilian::database
