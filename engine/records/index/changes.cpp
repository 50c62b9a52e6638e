#include "engine/records/index/changes.h"

#include <algorithm>
#include <utility>

#include "engine/records/types.h"

namespace yilian::records {
namespace {

// format · entries · resources, then what was said: value * 4 + kind
//   kind 0, value 0  of this rid is spoken now, and it comes: rid · key
//           value 1  of this rid is spoken now: rid
//           value 2  a row is added, the one that was added in this place to the resource before: the ten results of a
//                    report have the same patient, day and status
//   kind 1           a row is added that was spelled before: the value-th of those (from 0)
//   kind 2           a row of `value` bytes is added; kind 3: removed
constexpr unsigned kComes = 0 * 4, kNow = 1 * 4, kSame = 2 * 4, kAgain = 1, kAdds = 2, kRemoves = 3;
constexpr char kFormat = 2, kWithoutAgain = 1;
constexpr std::size_t kFewPlaces = 1024;  // a power of two, as all sizes of that table
constexpr std::size_t kBegin = 1 + 2 * sizeof(std::uint32_t);
constexpr const char* kWhat = "a change of the index";

}  // namespace

void Changes::begin(std::int64_t rid) {
  rid_ = rid;
  before_.swap(rows_);
  rows_.clear();
}

void Changes::come(std::int64_t rid, std::int64_t key) {
  if (bytes_.empty()) bytes_.resize(kBegin);
  begin(rid);
  append_varint(bytes_, kComes);
  append_varint(bytes_, static_cast<std::uint64_t>(rid));
  append_fixed(bytes_, key);
  ++entries_;
  ++resources_;
}

void Changes::speak_of(std::int64_t rid) {
  if (bytes_.empty()) bytes_.resize(kBegin);
  if (rid == rid_) return;
  begin(rid);
  append_varint(bytes_, kNow);
  append_varint(bytes_, static_cast<std::uint64_t>(rid));
}

void Changes::add(std::int64_t rid, std::string_view row) {
  speak_of(rid);
  if (rows_.size() < before_.size() && this->row(before_[rows_.size()]) == row) {
    append_varint(bytes_, kSame);
    return note(before_[rows_.size()]);
  }
  const auto hash = static_cast<std::uint32_t>(records::hash(row));
  std::uint32_t& place = place_of(row, hash);
  if (place > 0) {
    append_varint(bytes_, std::uint64_t{place - 1} * 4 + kAgain);
    return note(place - 1);
  }
  append_varint(bytes_, row.size() * 4 + kAdds);
  spelled_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(row.size()), hash});
  bytes_ += row;
  place = static_cast<std::uint32_t>(spelled_.size());
  note(place - 1);
  if (2 * spelled_.size() > places_.size()) grow();
}

void Changes::note(std::uint32_t number) {
  rows_.push_back(number);
  if (std::exchange(spelled_[number].block, rid_ >> 6) != rid_ >> 6) ++entries_;
}

// Where its number stands, or may be put.
std::uint32_t& Changes::place_of(std::string_view row, std::uint32_t hash) {
  if (places_.empty()) places_.resize(kFewPlaces);
  std::size_t at = hash & (places_.size() - 1);
  for (; places_[at] > 0; at = (at + 1) & (places_.size() - 1)) {
    const std::uint32_t number = places_[at] - 1;
    if (spelled_[number].hash == hash && this->row(number) == row) break;
  }
  return places_[at];
}

void Changes::grow() {
  places_.assign(2 * places_.size(), 0);
  for (std::uint32_t number = 0; number < spelled_.size(); ++number) {
    std::size_t at = spelled_[number].hash & (places_.size() - 1);
    while (places_[at] > 0) at = (at + 1) & (places_.size() - 1);
    places_[at] = number + 1;
  }
}

void Changes::remove(std::int64_t rid, std::string_view row) {
  speak_of(rid);
  append_varint(bytes_, row.size() * 4 + kRemoves);
  bytes_ += row;
  ++entries_;
}

std::string Changes::take() {
  if (!bytes_.empty()) {
    bytes_[0] = kFormat;
    std::memcpy(bytes_.data() + 1, &entries_, sizeof entries_);
    std::memcpy(bytes_.data() + 1 + sizeof entries_, &resources_, sizeof resources_);
  }
  std::string out = std::move(bytes_);
  clear();
  return out;
}

void Changes::clear() {
  bytes_.clear();
  rows_.clear();
  before_.clear();
  if (!spelled_.empty()) {
    if (places_.size() > 16 * kFewPlaces) places_ = {};  // after more than nearly all have
    places_.assign(std::max(places_.size(), kFewPlaces), 0);
  }
  spelled_.clear();
  rid_ = -1;
  entries_ = resources_ = 0;
}

ChangesSize size_of_changes(std::string_view changes) {
  Unpacker at(changes, kWhat);
  at.byte();
  const auto entries = at.fixed<std::uint32_t>();
  return {entries, at.fixed<std::uint32_t>()};
}

ChangesReader::ChangesReader(std::string_view changes) : at_(changes, kWhat) {
  if (const std::uint8_t format = at_.byte(); format != kFormat && format != kWithoutAgain) packing_damaged(kWhat);
  at_.take(kBegin - 1);
}

bool ChangesReader::adds(std::uint32_t number) {
  kind_ = Kind::adds;
  number_ = number;
  row_ = spelled_[number];
  rows_.push_back(number);
  return true;
}

bool ChangesReader::next() {
  while (!at_.done()) {
    const std::uint64_t what = at_.varint();
    if ((what & 2) != 0) {
      kind_ = (what & 1) == 0 ? Kind::adds : Kind::removes;
      row_ = at_.take(what >> 2);
      if (kind_ == Kind::removes) return true;
      spelled_.push_back(row_);
      return adds(static_cast<std::uint32_t>(spelled_.size() - 1));
    }
    if (what == kSame) {
      if (rows_.size() >= before_.size()) packing_damaged(kWhat);
      return adds(before_[rows_.size()]);
    }
    if ((what & 3) == kAgain) {
      if (what >> 2 >= spelled_.size()) packing_damaged(kWhat);
      return adds(static_cast<std::uint32_t>(what >> 2));
    }
    if (what != kComes && what != kNow) packing_damaged(kWhat);
    rid_ = static_cast<std::int64_t>(at_.varint());
    before_.swap(rows_);
    rows_.clear();
    if (what == kNow) continue;
    key_ = at_.fixed<std::int64_t>();
    kind_ = Kind::comes;
    return true;
  }
  return false;
}

}  // namespace yilian::records
