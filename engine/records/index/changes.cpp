#include "engine/records/index/changes.h"

namespace yilian::records {
namespace {

// format · entries · resources, then what was said: value * 4 + kind
//   kind 0, value 0  of this rid is spoken now, and it comes: rid · key
//           value 1  of this rid is spoken now: rid
//           value 2  a row is added, the one that was added in this place to the resource before: the ten results of a
//                    report have the same patient, day and status
//   kind 2           a row of `value` bytes is added; kind 3: removed
constexpr unsigned kComes = 0 * 4, kNow = 1 * 4, kSame = 2 * 4, kAdds = 2, kRemoves = 3;
constexpr char kFormat = 1;
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
  ++entries_;
  if (rows_.size() < before_.size()) {
    const Place same = before_[rows_.size()];
    if (std::string_view(bytes_).substr(same.at, same.size) == row) {
      append_varint(bytes_, kSame);
      rows_.push_back(same);
      return;
    }
  }
  append_varint(bytes_, row.size() * 4 + kAdds);
  rows_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(row.size())});
  bytes_ += row;
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
  if (at_.byte() != kFormat) packing_damaged(kWhat);
  at_.take(kBegin - 1);
}

bool ChangesReader::next() {
  while (!at_.done()) {
    const std::uint64_t what = at_.varint();
    if ((what & 2) != 0) {
      kind_ = (what & 1) == 0 ? Kind::adds : Kind::removes;
      row_ = at_.take(what >> 2);
      same_ = -1;
      if (kind_ == Kind::adds) rows_.push_back(row_);
      return true;
    }
    if (what == kSame) {
      if (rows_.size() >= before_.size()) packing_damaged(kWhat);
      kind_ = Kind::adds;
      same_ = static_cast<int>(rows_.size());
      row_ = before_[rows_.size()];
      rows_.push_back(row_);
      return true;
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
