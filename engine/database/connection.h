#pragma once
// One connection to the database and its statements, whichever driver stands behind them.

#include <cstdint>
#include <memory>
#include <span>
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
  // Of Connection::for_each, one for each row of what is asked; not copied.
  Statement& bind_each(int index, std::span<const std::int64_t> values);
  // Says that a query will be stepped: who has to ask another machine does so for all that was said together, when the
  // first of them is stepped. True: it will be asked as it is bound now, whether it is stepped or not.
  bool ask();
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
  // A query, written for one, of which the rows for many are asked for at once: each ?N is bound by bind_each to a number
  // for each of them. In no order; what belongs to what the query says itself (SELECT ?1, …).
  Statement for_each(std::string_view sql);
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
  // still holds, but for what this connection wrote itself. A reader may keep its number while nobody commits. Throws
  // StorageError: a reader's snapshot may have to be taken first.
  std::uint64_t transaction() {
    if (pending_) take_snapshot();
    return transaction_;
  }
  // Nobody else writes while it does, nor between its transactions unless Deferred::others_wrote() says so.
  bool is_writer() const { return is_writer_; }
  // Asking reaches no other machine: nothing is gained by asking for many at once.
  virtual bool is_near() const { return true; }
  // How often it has waited for another machine's answer.
  virtual std::uint64_t round_trips() const { return 0; }
  // Before reading inside a task what earlier tasks may have put off.
  void flush_deferred();
  void discard_deferred();
  Connection(const Connection&) = delete;
  virtual ~Connection();

 protected:
  explicit Connection(std::uint64_t database);
  virtual std::unique_ptr<RawStatement> make(std::string_view sql, bool kept) = 0;
  virtual std::unique_ptr<RawStatement> make_walk(std::string_view sql, bool kept);  // make() where that does
  virtual std::unique_ptr<RawStatement> make_each(std::string_view sql, bool kept);  // one after the other
  // Of a reader whose snapshot is taken when it is first needed.
  virtual void take_snapshot() {}
  void count_transaction() { ++transaction_; }
  void tell_others_wrote();
  // Between transactions: all that is known is forgotten when it is another database.
  void belong_to(std::uint64_t database);
  void forget_statements();  // before what they stand on goes
  bool pending_ = false;     // take_snapshot() is still to come

 private:
  friend class Writer;
  friend class Readers;
  friend class Database;
  friend class Glance;
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
  // Of a reader: a snapshot from the first query on, to the end. False: nobody has committed since the last one, or it is
  // not known yet (pending_).
  virtual bool begin_snapshot() = 0;
  virtual void end_snapshot() = 0;
  virtual bool begin_glance() { return false; }
  virtual void end_glance() {}

  struct Cache;
  using Make = std::unique_ptr<RawStatement> (Connection::*)(std::string_view, bool);
  Statement find_or_make(std::unique_ptr<Cache>& cache, std::string_view sql, Make make);
  Deferred* find_deferred(const void* tag) const;
  Deferred& add_deferred(const void* tag, std::unique_ptr<Deferred> made);
  std::vector<std::pair<const void*, std::unique_ptr<Deferred>>> deferred_;
  std::unique_ptr<Cache> prepared_, walks_, each_;
  std::uint64_t database_;
  std::uint64_t transaction_ = 1;
  bool is_writer_ = false;
};

// While it lasts a reader's statements need no snapshot: each says what is committed at its own moment, and
// transaction() stays what it was in the snapshot before. For who needs one row and can tell from it that it is right; he
// asks again without a glance where he cannot. It spares a server's round trips.
class Glance {
 public:
  explicit Glance(Connection& reader) : reader_(reader), there_(reader.begin_glance()) {}
  Glance(const Glance&) = delete;
  ~Glance() {
    if (there_) reader_.end_glance();
  }
  // False: there is none to be had, or nothing would be spared.
  explicit operator bool() const { return there_; }

 private:
  Connection& reader_;
  const bool there_;
};

}  // namespace yilian::database
