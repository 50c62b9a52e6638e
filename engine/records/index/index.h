#pragma once
// The index as one connection sees it. See README.md beside this.

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "engine/database/database.h"
#include "engine/records/index/changes.h"
#include "engine/records/index/filter.h"
#include "engine/records/index/found.h"
#include "engine/records/index/piece.h"
#include "engine/records/index/run_pieces.h"

namespace yilian::records {

// A sorted run: pieces in index_piece. It never changes, only comes and goes.
struct Run {
  std::int64_t number;   // never used twice
  std::int64_t level;    // 1: folded changes; n + 1: merged from runs of level n
  std::int64_t through;  // the last change in it; runs with a higher one are newer
  std::int64_t ids;      // how many resources it names, at most
  std::shared_ptr<const Filter> filter{};  // of their keys; read when first asked for
  std::shared_ptr<RunPieces> pieces{};     // the same
};

// What some commits changed one after the other, and no run has yet.
struct Tail {
  std::int64_t through;  // the last of them
  Piece piece;
};

// How much that is.
struct Waiting {
  std::size_t commits = 0, entries = 0, resources = 0;
  std::int64_t through = 0;
};

class Index : public database::Deferred {
 public:
  // Inside a task; written at its end.
  Changes& changes() { return changes_; }
  // A resource comes, by its key (types.h).
  void add_resource(database::Connection& writer, std::int64_t rid, std::int64_t key);
  // The resources that may have this key: mostly none or one; what is found is to be compared.
  std::vector<std::int64_t> resources_of(database::Connection& connection, std::int64_t key);
  // The same as far as it is known from the reader's last snapshot, without looking whether anything came since; what runs
  // say may still have to be read. Nothing: it is not known. For a glance (connection.h).
  std::vector<std::int64_t> known_resources_of(database::Connection& connection, std::int64_t key);
  // Brings what is known up to what the transaction sees. Everything below does so by itself.
  void refresh(database::Connection& connection);

  // What the connection's transaction sees, newest first in both.
  const std::vector<Run>& runs(database::Connection& connection);  // with their pieces
  const std::vector<Tail>& tail(database::Connection& connection);
  Waiting waiting(database::Connection& connection);

  // On the writer's connection, by whoever changes index_run or takes commits out of index_change.
  void runs_changed() { runs_changed_ = true; }

  void flush(database::Connection& writer) override;
  void discard() override;
  void others_wrote() override { seen_ = 0; }  // what is known is brought up, as a reader does

 private:
  struct Named {
    std::int64_t rid, change;
  };
  struct Commit {
    std::int64_t number;
    ChangesSize size;
    std::string changes{};  // until they stand in the tail
  };
  void read_runs(database::Statement& rows);
  void drop_folded();
  void read_commits(database::Statement& rows);
  void forget_commits();
  std::int64_t newest() const;  // the number of the last commit
  const std::vector<std::int64_t>& in_runs(database::Connection& connection, std::int64_t key);

  Changes changes_;
  std::uint64_t seen_ = 0;  // Connection::transaction() of what follows; 0: it is not known
  // The writer's own: nobody else writes, so it knows without looking whether runs and commits are as they were.
  bool writes_ = false, runs_changed_ = false;
  std::vector<Run> runs_;
  std::deque<Commit> commits_;  // that no run has, the oldest first
  std::size_t sorted_ = 0;      // so many of them stand in the tail; the writer itself seldom looks at it
  std::vector<Tail> tail_;
  std::unordered_multimap<std::int64_t, Named> named_;  // by the commits, and by what is being changed
  Found found_;  // in the runs, as they are
};

}  // namespace yilian::records
