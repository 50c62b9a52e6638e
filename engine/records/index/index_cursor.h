#pragma once
// Walks a range of the index in the order of the keys, or against it: runs and tail merged, newer over older.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/index/index.h"

namespace yilian::records {

enum class Order : std::uint8_t { ascending, descending };

class IndexCursor {
 public:
  // What is merged, newest first in each; the tail is newer than all runs.
  struct Sources {
    std::span<const Run> runs;  // with their pieces
    std::span<const Tail> tail;
    bool keep = false;  // what is read of the runs, for who comes next
  };
  // All that the connection's transaction sees. Keys from `low` on and before `high`; an empty `high`: to the end.
  // Lives within the transaction.
  IndexCursor(database::Connection& connection, std::string low, std::string high, Order order = Order::ascending);
  // These sources only.
  IndexCursor(database::Connection& connection, const Sources& sources, std::string low, std::string high,
              Order order = Order::ascending);

  bool there() const { return there_; }
  std::string_view key() const { return key_; }
  // Over all that is known, `set` are the resources; over some sources `clear` counts too.
  const Bits& bits() const { return bits_; }
  void next();
  // Ascending only: to the first key that is not before this one.
  void seek(std::string_view key);

 private:
  class Source;
  void open(const Sources& sources);
  void rise();  // takes the foremost key from all sources that have it
  bool comes_before(const Source& a, const Source& b) const;

  database::Connection& connection_;
  const std::string low_, high_;
  const Order order_;
  const bool whole_;  // all that is known: what is cleared does not show
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<Source*> heap_;
  std::string key_;
  Bits bits_;
  bool there_ = false;

 public:
  IndexCursor(const IndexCursor&) = delete;
  ~IndexCursor();
};

}  // namespace yilian::records
