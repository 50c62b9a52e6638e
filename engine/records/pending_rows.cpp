#include "engine/records/pending_rows.h"

#include <algorithm>
#include <tuple>

namespace yilian::records {
namespace {

bool is_text(const Row& row) { return !row.text.empty(); }

void bind_place(database::Statement& statement, const Row& row, std::int64_t block) {
  statement.bind(1, row.parameter).bind(3, block).bind(4, row.extra);
  if (is_text(row)) {
    statement.bind(2, std::string_view(row.text));
  } else {
    statement.bind(2, row.key);
  }
}

}  // namespace

void PendingRows::put(std::int64_t rid, const Row& row, bool adds) {
  changes_.push_back({row, rid >> 6, static_cast<std::uint32_t>(changes_.size()), static_cast<std::uint8_t>(rid & 63), adds});
}

void PendingRows::change(std::int64_t rid, const std::vector<Row>& before, const std::vector<Row>& after) {
  auto old = before.begin();
  auto fresh = after.begin();
  while (old != before.end() || fresh != after.end()) {
    if (fresh == after.end() || (old != before.end() && *old < *fresh)) {
      remove(rid, *old++);
    } else if (old == before.end() || *fresh < *old) {
      add(rid, *fresh++);
    } else {
      ++old;
      ++fresh;
    }
  }
}

void PendingRows::write(database::Connection& writer, const Change& place, std::uint64_t added, std::uint64_t removed) {
  if (added != 0) {
    auto statement = writer.prepare("INSERT INTO resource_index VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET bits = bits | excluded.bits");
    bind_place(statement, place.row, place.block);
    statement.bind(5, static_cast<std::int64_t>(added)).run();
  }
  if (removed == 0) return;
  {
    auto statement = writer.prepare("UPDATE resource_index SET bits = bits & ~?5 WHERE parameter = ?1 AND key = ?2 AND block = ?3 AND extra = ?4");
    bind_place(statement, place.row, place.block);
    statement.bind(5, static_cast<std::int64_t>(removed)).run();
  }
  auto statement = writer.prepare("DELETE FROM resource_index WHERE parameter = ?1 AND key = ?2 AND block = ?3 AND extra = ?4 AND bits = 0");
  bind_place(statement, place.row, place.block);
  statement.run();
}

void PendingRows::flush(database::Connection& writer) {
  const auto place = [](const Change& change) { return std::tie(change.row, change.block); };
  std::sort(changes_.begin(), changes_.end(), [&](const Change& a, const Change& b) {
    return std::tie(a.row.parameter, a.row.key, a.row.text, a.block, a.row.extra, a.order) <
           std::tie(b.row.parameter, b.row.key, b.row.text, b.block, b.row.extra, b.order);
  });
  for (std::size_t i = 0; i < changes_.size();) {
    std::uint64_t added = 0, removed = 0;
    std::size_t next = i;
    for (; next < changes_.size() && place(changes_[next]) == place(changes_[i]); ++next) {
      const std::uint64_t bit = 1ULL << changes_[next].bit;
      (changes_[next].adds ? added : removed) |= bit;
      (changes_[next].adds ? removed : added) &= ~bit;  // the later change of the same resource counts
    }
    write(writer, changes_[i], added, removed);
    i = next;
  }
  changes_.clear();
}

}  // namespace yilian::records
