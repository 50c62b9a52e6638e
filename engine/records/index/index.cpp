#include "engine/records/index/index.h"

#include <algorithm>

#include "engine/records/index/filters.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostFound = 8192;

void add_resources(std::string_view key, std::uint64_t bits, std::vector<std::int64_t>& out) {
  for (; bits != 0; bits &= bits - 1) out.push_back(block_of(key) * 64 + __builtin_ctzll(bits));
}

}  // namespace

void Index::add_resource(std::int64_t rid, std::int64_t key) {
  std::string row = number_key(kResources, key);
  append_extra(row, 0);
  changes_.add(rid, row);
  coming_.emplace(key, rid);
}

std::vector<std::int64_t> Index::resources_of(database::Connection& connection, std::int64_t key) {
  refresh(connection);
  std::vector<std::int64_t> out;
  for (auto [at, end] = coming_.equal_range(key); at != end; ++at) out.push_back(at->second);
  for (auto [at, end] = named_.equal_range(key); at != end; ++at) out.push_back(at->second.rid);
  const std::vector<std::int64_t>& before = in_runs(connection, key);
  out.insert(out.end(), before.begin(), before.end());
  return out;
}

const std::vector<std::int64_t>& Index::in_runs(database::Connection& connection, std::int64_t key) {
  // The patients, doctors and wards that are busy are asked for with every message.
  if (const auto known = found_.find(key); known != found_.end()) return known->second;
  static const std::vector<std::int64_t> none;
  std::vector<std::int64_t> rids;
  for (Run& run : runs_) {
    if (run.filter == nullptr) run.filter = filter_of(connection, run.number);
    if (!run.filter->may_hold(key)) continue;
    const std::string begin = number_key(kResources, key);
    for (IndexCursor at(connection, {{&run, 1}, {}}, begin, after_all(begin)); at.there(); at.next())
      add_resources(at.key(), at.bits().set, rids);
  }
  if (rids.empty()) return none;
  if (found_.size() >= kMostFound) found_.clear();
  return found_[key] = std::move(rids);
}

const std::vector<Run>& Index::runs(database::Connection& connection) {
  refresh(connection);
  return runs_;
}

const std::vector<Tail>& Index::tail(database::Connection& connection) {
  refresh(connection);
  return tail_;
}

void Index::refresh(database::Connection& connection) {
  if (seen_ == connection.transaction()) return;
  read_runs(connection);
  drop_folded();
  read_tail(connection);
  seen_ = connection.transaction();
}

void Index::read_runs(database::Connection& connection) {
  std::vector<Run> known = std::move(runs_);
  runs_.clear();
  const std::int64_t through = known.empty() ? 0 : known.front().through;
  for (auto row = connection.prepare("SELECT run, level, through, ids FROM index_run ORDER BY through DESC");
       row.step();) {
    Run run{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
    for (const Run& before : known) {
      if (before.number == run.number) run.filter = before.filter;
    }
    runs_.push_back(std::move(run));
  }
  // Merged runs hold what they held; a new one may name one more of the same key.
  if (!runs_.empty() && runs_.front().through != through) found_.clear();
}

void Index::drop_folded() {
  const std::int64_t through = runs_.empty() ? 0 : runs_.front().through;
  if (tail_.empty() || tail_.back().number() > through) return;
  std::erase_if(tail_, [through](const Tail& part) { return part.number() <= through; });
  std::erase_if(named_, [through](const auto& named) { return named.second.change <= through; });
}

void Index::read_tail(database::Connection& connection) {
  std::vector<Tail> fresh;
  auto row = connection.prepare("SELECT number, changes FROM index_change WHERE number > ?1 ORDER BY number DESC");
  row.bind(1, newest());
  while (row.step()) {
    fresh.emplace_back(row.integer(0), std::string(row.blob(1)));
    const Piece& piece = fresh.back().piece();
    const std::size_t end = piece.lower_bound(parameter_key(kResources + 1));  // they come first
    for (std::size_t i = 0; i < end; ++i) {
      std::vector<std::int64_t> rids;
      add_resources(piece.key(i), piece.bits(i).set, rids);
      for (const std::int64_t rid : rids) named_.emplace(number_of(piece.key(i)), Named{rid, fresh.back().number()});
    }
  }
  tail_.insert(tail_.begin(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
}

std::int64_t Index::newest() const {
  return !tail_.empty() ? tail_.front().number() : !runs_.empty() ? runs_.front().through : 0;
}

void Index::flush(database::Connection& writer) {
  if (changes_.empty()) return;
  refresh(writer);
  const std::int64_t number = newest() + 1;
  std::string packed = changes_.take();
  writer.prepare("INSERT INTO index_change VALUES(?1, ?2)").bind(1, number).bind_blob(2, packed).run();
  tail_.emplace(tail_.begin(), number, std::move(packed));
  for (const auto& [key, rid] : coming_) named_.emplace(key, Named{rid, number});
  coming_.clear();
}

void Index::discard() {
  // What this transaction had written is in the tail as well: all is read again.
  changes_.clear();
  coming_.clear();
  tail_.clear();
  named_.clear();
  found_.clear();
  seen_ = 0;
}

}  // namespace yilian::records
