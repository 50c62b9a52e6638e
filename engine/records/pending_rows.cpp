#include "engine/records/pending_rows.h"

#include <algorithm>

namespace yilian::records {

void PendingRows::bind_place(database::Statement& statement, const Change& place) const {
  statement.bind(1, place.parameter).bind(3, place.block).bind(4, place.extra);
  if (place.text != 0) {
    statement.bind(2, std::string_view(texts_[place.text - 1]));
  } else {
    statement.bind(2, place.key);
  }
}

void PendingRows::put(std::int64_t rid, const Row& row, bool adds) {
  if (!row.text.empty()) texts_.push_back(row.text);
  changes_.push_back({row.key, rid >> 6, row.extra, row.parameter, static_cast<std::uint32_t>(changes_.size()),
                      row.text.empty() ? 0U : static_cast<std::uint32_t>(texts_.size()),
                      static_cast<std::uint8_t>(rid & 63), adds});
}

int PendingRows::compare_places(const Change& a, const Change& b) const {
  if (a.parameter != b.parameter) return a.parameter < b.parameter ? -1 : 1;
  if (a.key != b.key) return a.key < b.key ? -1 : 1;
  if (a.text != b.text) {
    if (a.text == 0 || b.text == 0) return a.text < b.text ? -1 : 1;
    if (const int order = texts_[a.text - 1].compare(texts_[b.text - 1]); order != 0) return order;
  }
  if (a.block != b.block) return a.block < b.block ? -1 : 1;
  if (a.extra != b.extra) return a.extra < b.extra ? -1 : 1;
  return 0;
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

void PendingRows::write(database::Connection& writer, const Change& place, std::uint64_t added,
                        std::uint64_t removed) const {
  if (added != 0) {
    auto statement = writer.prepare(
        "INSERT INTO resource_index VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET bits = bits | excluded.bits");
    bind_place(statement, place);
    statement.bind(5, static_cast<std::int64_t>(added)).run();
  }
  if (removed == 0) return;
  {
    auto statement = writer.prepare(
        "UPDATE resource_index SET bits = bits & ~?5 WHERE parameter = ?1 AND key = ?2 AND block = ?3 AND extra = ?4");
    bind_place(statement, place);
    statement.bind(5, static_cast<std::int64_t>(removed)).run();
  }
  auto statement = writer.prepare(
      "DELETE FROM resource_index WHERE parameter = ?1 AND key = ?2 AND block = ?3 AND extra = ?4 AND bits = 0");
  bind_place(statement, place);
  statement.run();
}

void PendingRows::flush(database::Connection& writer) {
  std::sort(changes_.begin(), changes_.end(), [this](const Change& a, const Change& b) {
    const int order = compare_places(a, b);
    return order != 0 ? order < 0 : a.order < b.order;
  });
  for (std::size_t i = 0; i < changes_.size();) {
    std::uint64_t added = 0, removed = 0;
    std::size_t next = i;
    for (; next < changes_.size() && compare_places(changes_[next], changes_[i]) == 0; ++next) {
      const std::uint64_t bit = 1ULL << changes_[next].bit;
      (changes_[next].adds ? added : removed) |= bit;
      (changes_[next].adds ? removed : added) &= ~bit;  // the later change of the same resource counts
    }
    write(writer, changes_[i], added, removed);
    i = next;
  }
  discard();
}

void PendingRows::discard() {
  changes_.clear();
  texts_.clear();
}

}  // namespace yilian::records
