#include "engine/records/index/index.h"

#include <algorithm>

#include "engine/records/index/filters.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/index/sorting.h"

namespace yilian::records {
namespace {

void add_resources(std::string_view key, std::uint64_t bits, std::vector<std::int64_t>& out) {
  for (; bits != 0; bits &= bits - 1) out.push_back(block_of(key) * 64 + __builtin_ctzll(bits));
}

}  // namespace

void Index::add_resource(database::Connection& writer, std::int64_t rid, std::int64_t key) {
  refresh(writer);
  changes_.come(rid, key);
  named_.emplace(key, Named{rid, newest() + 1});
}

std::vector<std::int64_t> Index::resources_of(database::Connection& connection, std::int64_t key) {
  refresh(connection);
  std::vector<std::int64_t> out;
  for (auto [at, end] = named_.equal_range(key); at != end; ++at) out.push_back(at->second.rid);
  const std::vector<std::int64_t>& before = in_runs(connection, key);
  out.insert(out.end(), before.begin(), before.end());
  return out;
}

std::vector<std::int64_t> Index::known_resources_of(database::Connection& connection, std::int64_t key) {
  // A run that is read for the first time may be gone, and would be remembered as empty.
  const bool whole = std::all_of(runs_.begin(), runs_.end(),
                                 [](const Run& run) { return run.filter != nullptr && run.pieces != nullptr; });
  if (seen_ == 0 || seen_ != connection.transaction() || !whole) return {};
  return resources_of(connection, key);
}

const std::vector<std::int64_t>& Index::in_runs(database::Connection& connection, std::int64_t key) {
  if (const Found::Rids* known = found_.find(key); known != nullptr) return *known;
  static const std::vector<std::int64_t> none;
  std::vector<std::int64_t> rids;
  for (Run& run : runs_) {
    if (run.filter == nullptr) run.filter = filter_of(connection, run.number);
    if (!run.filter->may_hold(key)) continue;
    if (run.pieces == nullptr) run.pieces = pieces_of(connection, run.number);
    const std::string begin = number_key(kResources, key);
    for (IndexCursor at(connection, {{&run, 1}, {}, true}, begin, after_all(begin)); at.there(); at.next())
      add_resources(at.key(), at.bits().set, rids);
  }
  if (rids.empty()) return none;
  return found_.keep(key, std::move(rids));
}

const std::vector<Run>& Index::runs(database::Connection& connection) {
  refresh(connection);
  for (Run& run : runs_) {
    if (run.pieces == nullptr) run.pieces = pieces_of(connection, run.number);
  }
  return runs_;
}

const std::vector<Tail>& Index::tail(database::Connection& connection) {
  refresh(connection);
  if (sorted_ < commits_.size()) {
    Sorting sorting;
    for (; sorted_ < commits_.size(); ++sorted_) {
      sorting.add(commits_[sorted_].changes);
      commits_[sorted_].changes = {};
    }
    tail_.insert(tail_.begin(), {commits_.back().number, sorting.sorted()});
  }
  return tail_;
}

Waiting Index::waiting(database::Connection& connection) {
  refresh(connection);
  Waiting all;
  for (const Commit& commit : commits_) {
    ++all.commits;
    all.entries += commit.size.entries;
    all.resources += commit.size.resources;
    all.through = commit.number;
  }
  return all;
}

void Index::refresh(database::Connection& connection) {
  if (seen_ == connection.transaction()) return;
  if (writes_ && seen_ != 0 && !runs_changed_) {
    seen_ = connection.transaction();
    return;
  }
  runs_changed_ = false;
  auto runs = connection.prepare("SELECT run, level, through, ids FROM index_run ORDER BY through DESC");
  auto commits = connection.prepare("SELECT number, changes FROM index_change WHERE number > ?1 ORDER BY number");
  runs.ask();
  // From what was known before: a commit that a newer run holds is no longer among them.
  const std::int64_t known = newest();
  commits.bind(1, known).ask();
  read_runs(runs);
  drop_folded();
  if (newest() < known) {  // some were forgotten
    commits.reset();
    commits.bind(1, newest());
  }
  read_commits(commits);
  seen_ = connection.transaction();
}

void Index::read_runs(database::Statement& rows) {
  std::vector<Run> known = std::move(runs_);
  runs_.clear();
  const std::int64_t newest_known = commits_.empty() ? (known.empty() ? 0 : known.front().through) : commits_.back().number;
  while (rows.step()) {
    Run run{rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)};
    for (const Run& before : known) {
      if (before.number != run.number) continue;
      run.filter = before.filter;
      run.pieces = before.pieces;
    }
    runs_.push_back(std::move(run));
  }
  // Merged runs hold what they held; what a new one names drop_folded() adds, unless it was folded before it was seen here.
  if (!runs_.empty() && runs_.front().through > newest_known) found_.clear();
}

void Index::drop_folded() {
  const std::int64_t through = runs_.empty() ? 0 : runs_.front().through;
  if (commits_.empty() || commits_.front().number > through) return;
  for (const auto& [key, named] : named_) {
    if (named.change <= through) found_.add(key, named.rid);
  }
  // What was sorted together with commits that no run has is sorted anew.
  if (std::any_of(tail_.begin(), tail_.end(), [&](const Tail& part) { return part.through > through; }))
    return forget_commits();
  const auto kept = std::find_if(commits_.begin(), commits_.end(), [&](const Commit& commit) { return commit.number > through; });
  sorted_ -= std::min(sorted_, static_cast<std::size_t>(kept - commits_.begin()));
  commits_.erase(commits_.begin(), kept);
  tail_.clear();
  std::erase_if(named_, [through](const auto& named) { return named.second.change <= through; });
}

void Index::read_commits(database::Statement& rows) {
  while (rows.step()) {
    const std::string_view changes = rows.blob(1);
    const std::int64_t number = rows.integer(0);
    for (ChangesReader at(changes); at.next();) {
      if (at.kind() == ChangesReader::Kind::comes) named_.emplace(at.key(), Named{at.rid(), number});
    }
    commits_.push_back({number, size_of_changes(changes), std::string(changes)});
  }
}

void Index::forget_commits() {
  commits_.clear();
  sorted_ = 0;
  tail_.clear();
  named_.clear();
}

std::int64_t Index::newest() const {
  return !commits_.empty() ? commits_.back().number : !runs_.empty() ? runs_.front().through : 0;
}

void Index::flush(database::Connection& writer) {
  if (changes_.empty()) return;
  refresh(writer);
  writes_ = true;
  const std::int64_t number = newest() + 1;
  std::string changes = changes_.take();
  writer.prepare("INSERT INTO index_change VALUES(?1, ?2)").bind(1, number).bind_blob(2, changes).run();
  commits_.push_back({number, size_of_changes(changes), std::move(changes)});
}

void Index::discard() {
  // What this transaction had written is among the commits as well: all is read again.
  changes_.clear();
  forget_commits();
  found_.clear();
  seen_ = 0;
}

}  // namespace yilian::records
