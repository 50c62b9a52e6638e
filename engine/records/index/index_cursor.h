#pragma once
// Walks a range of the index in the order of the keys, or against it: runs and tail merged, newer over older.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/index/index.h"

namespace yilian::records {

// Calls visit(key, bits) for every entry of a range, source by source and so in no order: without merging it costs a fifth.
// False: an entry clears what an older one set, which only merging can tell; what was visited is to be forgotten then.
template <class Visit>
bool visit_unmerged(database::Connection& connection, const std::string& low, const std::string& high, Visit&& visit);

// About how many entries a range has, up to `most`: no source is read further than that.
std::size_t count_entries(database::Connection& connection, const std::string& low, const std::string& high,
                          std::size_t most);

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

namespace detail {

// Of a piece, from the entry on that is not before `low`; whether the range goes on behind it.
template <class Visit>
bool visit_piece(const Piece& piece, const std::string& low, const std::string& high, bool& clears, Visit& visit) {
  const std::size_t end = high.empty() ? piece.size() : piece.lower_bound(high);
  for (std::size_t at = low.empty() ? 0 : piece.lower_bound(low); at < end; ++at) {
    clears = clears || piece.bits(at).clear != 0;
    visit(piece.key(at), piece.bits(at).set);
  }
  return end == piece.size();
}

}  // namespace detail

template <class Visit>
bool visit_unmerged(database::Connection& connection, const std::string& low, const std::string& high, Visit&& visit) {
  auto& index = connection.deferred<Index>();
  bool clears = false;
  for (const Tail& part : index.tail(connection)) {
    detail::visit_piece(part.piece, low, high, clears, visit);
    if (clears) return false;
  }
  for (const Run& run : index.runs(connection)) {
    if (run.pieces->size() == 0) continue;
    bool first = true;
    for (std::size_t i = run.pieces->around(low); i < run.pieces->size(); ++i) {
      const auto piece = run.pieces->get(connection, i, true);
      const bool goes_on = detail::visit_piece(*piece, first ? low : std::string(), high, clears, visit);
      if (clears) return false;
      if (!goes_on) break;
      first = false;
    }
  }
  return true;
}

}  // namespace yilian::records
