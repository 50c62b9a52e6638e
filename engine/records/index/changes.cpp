#include "engine/records/index/changes.h"

namespace yilian::records {
namespace {

// format · entries · resources, then what was said: size * 4 + kind, where the kind is
//   0  of this rid is spoken now, and it comes: rid · key
//   1  of this rid is spoken now: rid
//   2  a row of so many bytes is added to it, 3  … removed
constexpr char kFormat = 1;
constexpr std::size_t kBegin = 1 + 2 * sizeof(std::uint32_t);
constexpr const char* kWhat = "a change of the index";

}  // namespace

void Changes::come(std::int64_t rid, std::int64_t key) {
  if (bytes_.empty()) bytes_.resize(kBegin);
  append_varint(bytes_, 0);
  append_varint(bytes_, static_cast<std::uint64_t>(rid));
  append_fixed(bytes_, key);
  rid_ = rid;
  ++entries_;
  ++resources_;
}

void Changes::put(std::int64_t rid, std::string_view row, unsigned kind) {
  if (bytes_.empty()) bytes_.resize(kBegin);
  if (rid != rid_) {
    append_varint(bytes_, 1);
    append_varint(bytes_, static_cast<std::uint64_t>(rid));
    rid_ = rid;
  }
  append_varint(bytes_, row.size() * 4 + kind);
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
    switch (what & 3) {
      case 0:
        rid_ = static_cast<std::int64_t>(at_.varint());
        key_ = at_.fixed<std::int64_t>();
        kind_ = Kind::comes;
        return true;
      case 1:
        rid_ = static_cast<std::int64_t>(at_.varint());
        break;
      default:
        row_ = at_.take(what >> 2);
        kind_ = (what & 1) == 0 ? Kind::adds : Kind::removes;
        return true;
    }
  }
  return false;
}

}  // namespace yilian::records
