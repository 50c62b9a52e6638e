#pragma once
// The index as one connection sees it. See README.md beside this.

#include <memory>
#include <unordered_map>
#include <vector>

#include "engine/database/database.h"
#include "engine/records/index/changes.h"
#include "engine/records/index/filter.h"
#include "engine/records/index/piece.h"

namespace yilian::records {

// A sorted run: pieces in index_piece. It never changes, only comes and goes.
struct Run {
  std::int64_t number;   // never used twice
  std::int64_t level;    // 1: folded changes; n + 1: merged from runs of level n
  std::int64_t through;  // the last change in it; runs with a higher one are newer
  std::int64_t ids;      // how many resources it names, at most
  std::shared_ptr<const Filter> filter{};  // of their keys; read when first asked for
};

// What one commit changed, and no run has yet. Unpacked when somebody looks at it: the writer itself seldom does.
class Tail {
 public:
  Tail(std::int64_t number, std::string packed) : number_(number), packed_(std::move(packed)) {}
  std::int64_t number() const { return number_; }
  const Piece& piece() const {
    if (piece_ == nullptr) {
      piece_ = std::make_unique<const Piece>(packed_);
      packed_ = {};
    }
    return *piece_;
  }

 private:
  std::int64_t number_;
  mutable std::string packed_;
  mutable std::unique_ptr<const Piece> piece_;
};

class Index : public database::Deferred {
 public:
  // Inside a task; written at its end.
  Changes& changes() { return changes_; }
  // The key of a resource (types.h), said once when it comes.
  void add_resource(std::int64_t rid, std::int64_t key);
  // The resources that may have this key: mostly none or one; what is found is to be compared.
  std::vector<std::int64_t> resources_of(database::Connection& connection, std::int64_t key);

  // What the connection's transaction sees, newest first in both.
  const std::vector<Run>& runs(database::Connection& connection);
  const std::vector<Tail>& tail(database::Connection& connection);

  void flush(database::Connection& writer) override;
  void discard() override;

 private:
  struct Named {
    std::int64_t rid, change;
  };
  void refresh(database::Connection& connection);
  void read_runs(database::Connection& connection);
  void read_tail(database::Connection& connection);
  void drop_folded();
  std::int64_t newest() const;  // the number of the last change
  const std::vector<std::int64_t>& in_runs(database::Connection& connection, std::int64_t key);

  Changes changes_;
  std::unordered_multimap<std::int64_t, std::int64_t> coming_;  // key -> rid of changes_
  std::uint64_t seen_ = 0;                                      // Connection::transaction() of what follows
  std::vector<Run> runs_;
  std::vector<Tail> tail_;
  std::unordered_multimap<std::int64_t, Named> named_;  // of the tail
  std::unordered_map<std::int64_t, std::vector<std::int64_t>> found_;  // in the runs, as they are: key -> rids
};

}  // namespace yilian::records
