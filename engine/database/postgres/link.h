#pragma once
// A line to a PostgreSQL server over libpq, in pipeline mode: commands are queued, sent together, and answered in order.
// Values go and come in the binary format: whole numbers as int8, everything else as bytea.

#include <libpq-fe.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database/error.h"

namespace yilian::database {

struct ResultFree {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultFree>;

// What is bound to $1, $2…; bytes are not copied.
class Values {
 public:
  void set(int index, std::int64_t value);  // 1-based
  void set(int index, std::string_view bytes);
  void set_null(int index);
  int size() const { return static_cast<int>(items_.size()); }
  bool null(int index) const { return at(index).kind == Kind::null; }
  // The other kind than was set: 0, or nothing.
  std::int64_t integer(int index) const;
  std::string_view bytes(int index) const { return at(index).kind == Kind::bytes ? at(index).bytes : std::string_view(); }

 private:
  friend class Link;
  enum class Kind : std::uint8_t { null, integer, bytes };
  struct Item {
    Kind kind = Kind::null;
    std::uint64_t network = 0;  // the number, as it goes over the line
    std::string_view bytes;
  };
  Item& item(int index);
  const Item& at(int index) const { return items_[static_cast<std::size_t>(index) - 1]; }
  std::vector<Item> items_;
};

// A statement that the server keeps parsed, as long as the line lasts.
struct ServerStatement {
  explicit ServerStatement(std::string text) : sql(std::move(text)) {}
  const std::string sql;
  std::string name;        // empty: none yet
  std::uint64_t line = 0;  // the Link's number() for which it holds
};

class Link {
 public:
  // Connects. Throws StorageError (away).
  explicit Link(const std::string& url);
  Link(const Link&) = delete;
  ~Link();

  std::uint64_t number() const { return number_; }  // never that of another line
  bool broken();                                    // also notices that the server has hung up; does not wait

  // `into`: where run() puts the answer, instead of giving it.
  void queue(std::string_view sql, const Values& values = {}, ResultPtr* into = nullptr);  // once
  void queue(ServerStatement& statement, const Values& values = {}, ResultPtr* into = nullptr);
  // Sends what is queued and waits; gives the last command's result, of those that say nothing of where it goes. Throws
  // what the first failed one says: those after it were not done. What was queued for send() is answered first.
  ResultPtr run();
  // Sends what is queued and does not wait: what it answers is of no interest.
  void send();
  // Several statements at once, outside the pipeline. Throws.
  void execute(const std::string& sql);
  bool in_transaction() const;

 private:
  struct Expected {
    enum class Kind : std::uint8_t { prepare, command, sync } kind;
    ServerStatement* statement = nullptr;  // of a prepare
    std::string name;
    bool wanted = true;
    ResultPtr* into = nullptr;  // of a command
  };
  void send_values(const char* name, const char* sql, const Values& values, ResultPtr* into);
  void sync(bool wanted);
  ResultPtr next(std::unique_ptr<StorageError>& failure);
  [[noreturn]] void lost();
  std::unique_ptr<StorageError> refused(const PGresult* result) const;

  PGconn* connection_ = nullptr;
  std::deque<Expected> expected_;
  std::uint64_t names_ = 0;
  const std::uint64_t number_;
  std::vector<const char*> data_;  // kept for their space
  std::vector<int> lengths_, formats_;
};

// Column `column` of row `row`: 0 for NULL.
std::int64_t integer_at(const PGresult* result, int row, int column);
std::string_view bytes_at(const PGresult* result, int row, int column);

}  // namespace yilian::database
