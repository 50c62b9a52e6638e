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

// What one commit changed, and no run has yet.
struct Tail {
  std::int64_t number;
  std::unique_ptr<const Piece> piece;
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
  void find_in_run(database::Connection& connection, Run& run, std::int64_t key, std::vector<std::int64_t>& out);

  Changes changes_;
  std::unordered_multimap<std::int64_t, std::int64_t> coming_;  // key -> rid of changes_
  std::uint64_t seen_ = 0;                                      // Connection::transaction() of what follows
  std::vector<Run> runs_;
  std::vector<Tail> tail_;
  std::unordered_multimap<std::int64_t, Named> named_;  // of the tail
};

}  // namespace yilian::records
