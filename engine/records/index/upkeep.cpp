#include "engine/records/index/upkeep.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "engine/base/log.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/index/sorting.h"

namespace yilian::records {
namespace {

// Changes that wait are kept, sorted, by each connection that reads.
constexpr std::size_t kMostWaiting = 256;
constexpr std::size_t kMostWaitingEntries = 48 * 1024;  // about half of them are left once they are sorted
// So many runs of a level become one of the next: each entry is written once a level, a look-up reads at most
// kMostRuns - 1 runs a level.
constexpr std::size_t kMostRuns = 8;
constexpr std::size_t kWaitingAtRest = 16, kRestRatio = 4, kPiecesOfFirst = 256;
constexpr std::int64_t kHighestLevel = 7;
// A row of index_piece fills one page of 4 KiB, with its checksum: with more it would need an overflow page.
constexpr std::size_t kPieceBytes = 4096 - 8 - 35 - 32;
// Written in one task: short enough not to be noticed by who waits for a commit. Where it has to wait long for its turn
// itself, since others write much at once, more at once is not noticed either.
constexpr std::size_t kSlicePieces = 64, kMostSlicePieces = 1024;
constexpr std::chrono::milliseconds kLongWait{20}, kShortWait{5};
constexpr std::int64_t kRemovedAtOnce = 512;

struct Job {
  enum class Kind : std::uint8_t { nothing, remove, fold, merge } kind = Kind::nothing;
  std::int64_t run = 0;      // what is made, or removed
  std::int64_t level = 0;    // of what is made
  std::int64_t from = 0, through = 0;  // the changes that are in it: after `from`
  std::size_t ids = 0;       // at most so many resources are named in it
  bool oldest = false;       // there is nothing older: what is cleared need not be said
};

// Runs with the same last change: of a fold or merge, and of a merge at rest.
std::int64_t run_number(std::int64_t through, std::int64_t level) { return through * 16 + level; }
std::int64_t rest_number(std::int64_t through, std::int64_t level) { return through * 16 + 8 + level; }

// A run that is in no list: half-made when the program ended, or merged into another.
std::optional<std::int64_t> ownerless(database::Connection& reader) {
  std::int64_t last = 0;
  while (true) {
    auto row = reader.prepare("SELECT run FROM index_piece WHERE run > ?1 ORDER BY run LIMIT 1");
    row.bind(1, last);
    if (!row.step()) return std::nullopt;
    last = row.integer(0);
    auto owner = reader.prepare("SELECT 1 FROM index_run WHERE run = ?1");
    owner.bind(1, last);
    if (!owner.step()) return last;
  }
}

Job fold_of(const std::vector<Run>& runs, const Waiting& waiting, bool at_rest) {
  if (waiting.commits < (at_rest ? kWaitingAtRest : kMostWaiting) && waiting.entries < kMostWaitingEntries) return {};
  return {Job::Kind::fold, run_number(waiting.through, 1), 1, 0, waiting.through, waiting.resources, runs.empty()};
}

Job merge_of(const std::vector<Run>& runs) {
  for (std::size_t begin = 0; begin < runs.size();) {
    std::size_t end = begin, ids = 0;
    for (; end < runs.size() && runs[end].level == runs[begin].level; ++end)
      ids += static_cast<std::size_t>(runs[end].ids);
    if (end - begin >= kMostRuns) {
      const std::int64_t level = runs[begin].level + 1, through = runs[begin].through;
      return {Job::Kind::merge, run_number(through, level), level, end < runs.size() ? runs[end].through : 0, through,
              ids, end == runs.size()};
    }
    begin = end;
  }
  return {};
}

// While nothing is written, the newest runs become one, as many as are not much larger than what is merged: searches
// then read few runs, and each entry is written again only when as much has come.
Job rest_merge_of(const std::vector<Run>& runs) {
  if (runs.size() < 2) return {};
  std::size_t pieces = runs.front().pieces->size(), ids = static_cast<std::size_t>(runs.front().ids), end = 1;
  for (; end < runs.size() && runs[end].pieces->size() <= kRestRatio * pieces; ++end) {
    pieces += runs[end].pieces->size();
    ids += static_cast<std::size_t>(runs[end].ids);
  }
  if (end < 2) return {};
  std::int64_t level = 1;
  for (std::size_t most = kPiecesOfFirst; level < kHighestLevel && pieces > most; most *= kMostRuns) ++level;
  const std::int64_t through = runs.front().through;
  return {Job::Kind::merge, rest_number(through, level), level, end < runs.size() ? runs[end].through : 0, through, ids,
          end == runs.size()};
}

Job job_of(database::Connection& reader, bool at_rest) {
  if (const auto run = ownerless(reader)) return {Job::Kind::remove, *run};
  auto& index = reader.deferred<Index>();
  const auto& runs = index.runs(reader);
  if (const Job fold = fold_of(runs, index.waiting(reader), at_rest); fold.kind != Job::Kind::nothing) return fold;
  if (const Job merge = merge_of(runs); merge.kind != Job::Kind::nothing || !at_rest) return merge;
  return rest_merge_of(runs);
}

// Pieces that follow each other in the run that is made.
struct Slice {
  std::vector<PieceWriter> pieces;
  std::string next;  // the key to go on with; empty: that was all
};

class Maker {
 public:
  Maker(database::Database& database, const Job& job) : database_(database), job_(job), filter_(job.ids) {}

  Result<void> run(const std::atomic<bool>& closing) {
    std::string from;
    do {
      if (closing) return {};
      YL_TRY(Slice slice, database_.read([&](database::Connection& reader) -> Result<Slice> { return cut(reader, from); }));
      YL_CHECK(write(slice));
      from = std::move(slice.next);
      if (!from.empty()) YL_CHECK(keep_up(closing));
    } while (!from.empty());
    return database_.write_as_keeper([this](database::Connection& writer) -> Result<void> { return exchange(writer); });
  }

 private:
  // What comes while a large merge is under way is folded meanwhile, and merged below its level: else each reader would
  // have to sort all of it, and the next fold too. Only what is newer than all of the job is touched.
  Result<void> keep_up(const std::atomic<bool>& closing) {
    if (job_.kind != Job::Kind::merge) return {};
    YL_TRY(const Job next, database_.read([this](database::Connection& reader) -> Result<Job> {
      auto& index = reader.deferred<Index>();
      const auto& runs = index.runs(reader);
      if (const Job fold = fold_of(runs, index.waiting(reader), false); fold.kind != Job::Kind::nothing) return fold;
      const Job merge = merge_of(runs);
      return merge.level < job_.level && merge.from >= job_.through ? merge : Job();
    }));
    return next.kind == Job::Kind::nothing ? Result<void>() : Maker(database_, next).run(closing);
  }

  // Runs and commits as they are now, of which those of the job are there unchanged.
  Slice cut(database::Connection& reader, const std::string& from) {
    IndexCursor::Sources sources;
    if (job_.kind == Job::Kind::fold) {
      if (folded_.empty()) folded_.push_back({job_.through, sorted(reader)});
      sources.tail = folded_;
    } else {
      const auto& runs = reader.deferred<Index>().runs(reader);
      const auto newest = std::find_if(runs.begin(), runs.end(), [&](const Run& run) { return run.through <= job_.through; });
      const auto older = std::find_if(newest, runs.end(), [&](const Run& run) { return run.through <= job_.from; });
      sources.runs = {newest, older};
    }
    Slice slice;
    for (IndexCursor at(reader, sources, from, {}); at.there(); at.next()) {
      const Bits bits{at.bits().set, job_.oldest ? 0 : at.bits().clear};
      if (bits.set == 0 && bits.clear == 0) continue;
      if (slice.pieces.empty() || full(slice.pieces.back(), at.key())) {
        if (slice.pieces.size() == slice_pieces_) {
          slice.next = at.key();
          break;
        }
        slice.pieces.emplace_back();
      }
      slice.pieces.back().add(at.key(), bits);
      note(at.key());
    }
    return slice;
  }

  Piece sorted(database::Connection& reader) const {
    Sorting sorting;
    auto row = reader.prepare("SELECT changes FROM index_change WHERE number <= ?1 ORDER BY number");
    row.bind(1, job_.through);
    while (row.step()) sorting.add(row.blob(0));
    return sorting.sorted();
  }

  static bool full(const PieceWriter& piece, std::string_view key) {
    return piece.size() + piece.first().size() + key.size() + 20 > kPieceBytes;
  }

  void note(std::string_view key) {
    if (key < resources_end_) {
      filter_.add(number_of(key));
      ++ids_;
    }
  }

  Result<void> write(const Slice& slice) {
    std::size_t bytes = 0;
    for (const PieceWriter& piece : slice.pieces) bytes += piece.size();
    using Clock = std::chrono::steady_clock;
    const Clock::time_point asked = Clock::now();
    Clock::time_point begun = asked;
    auto written = database_.write_as_keeper(
        [&](database::Connection& writer) -> Result<void> {
          begun = Clock::now();
          for (const PieceWriter& piece : slice.pieces) {
            writer.prepare("INSERT INTO index_piece(run, first, entries) VALUES(?1, ?2, ?3)")
                .bind(1, job_.run)
                .bind_blob(2, piece.first())
                .bind_blob(3, piece.bytes())
                .run();
          }
          return {};
        },
        bytes);
    if (begun - asked > kLongWait) {
      slice_pieces_ = std::min(2 * slice_pieces_, kMostSlicePieces);
    } else if (begun - asked < kShortWait) {
      slice_pieces_ = std::max(slice_pieces_ / 2, kSlicePieces);
    }
    return written;
  }

  Result<void> exchange(database::Connection& writer) {
    writer.deferred<Index>().runs_changed();
    if (job_.kind == Job::Kind::fold) {
      writer.prepare("DELETE FROM index_change WHERE number <= ?1").bind(1, job_.through).run();
    } else {
      writer.prepare("DELETE FROM index_run WHERE through > ?1 AND through <= ?2")
          .bind(1, job_.from)
          .bind(2, job_.through)
          .run();
    }
    writer.prepare("INSERT INTO index_run VALUES(?1, ?2, ?3, ?4, ?5)")
        .bind(1, job_.run)
        .bind(2, job_.level)
        .bind(3, job_.through)
        .bind(4, ids_)
        .bind_blob(5, filter_.bytes())
        .run();
    return {};
  }

  database::Database& database_;
  const Job job_;
  Filter filter_;
  std::int64_t ids_ = 0;
  std::size_t slice_pieces_ = kSlicePieces;
  std::vector<Tail> folded_;  // one: all that is folded
  const std::string resources_end_ = parameter_key(kResources + 1);
};

Result<void> remove(database::Database& database, std::int64_t run) {
  return database.write_as_keeper([run](database::Connection& writer) -> Result<void> {
    writer.prepare("DELETE FROM index_piece WHERE id IN (SELECT id FROM index_piece WHERE run = ?1 LIMIT ?2)")
        .bind(1, run)
        .bind(2, kRemovedAtOnce)
        .run();
    return {};
  });
}

}  // namespace

bool keep_index(database::Database& database, bool at_rest, const std::atomic<bool>& closing) {
  const Result<Job> job = database.read([at_rest](database::Connection& reader) -> Result<Job> { return job_of(reader, at_rest); });
  Result<void> done;
  if (!job) {
    done = Failure(job.error());
  } else if (job->kind == Job::Kind::nothing) {
    return false;
  } else {
    done = job->kind == Job::Kind::remove ? remove(database, job->run) : Maker(database, *job).run(closing);
  }
  if (done) return true;
  // Nothing is lost, the index only stays in more parts than it should; it is tried again after more commits.
  if (done.error().code != Code::busy) log::error("records", "index_not_kept", {{"what", done.error().line()}});
  return false;
}

}  // namespace yilian::records
