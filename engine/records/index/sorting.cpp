#include "engine/records/index/sorting.h"

#include <algorithm>

#include "engine/records/index/changes.h"

namespace yilian::records {

std::string resource_row(std::int64_t key) {
  std::string row = number_key(kResources, key);
  append_extra(row, 0);
  return row;
}

void Sorting::add(std::string_view changes) {
  for (ChangesReader at(changes); at.next();) {
    if (at.kind() == ChangesReader::Kind::comes) {
      put(at.rid(), resource_row(at.key()), true);
    } else {
      put(at.rid(), at.row(), at.kind() == ChangesReader::Kind::adds);
    }
  }
}

void Sorting::put(std::int64_t rid, std::string_view row, bool adds) {
  const std::size_t at = keys_.size();
  keys_.append(row);
  append_block(keys_, rid >> 6);
  const std::string_view whole = std::string_view(keys_).substr(at);
  changes_.push_back({head_of(whole), static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(whole.size()),
                      static_cast<std::uint32_t>(changes_.size()), static_cast<std::uint8_t>(rid & 63), adds});
}

Piece Sorting::sorted() {
  std::sort(changes_.begin(), changes_.end(), [this](const Change& a, const Change& b) {
    if (a.head != b.head) return a.head < b.head;
    const int order = key(a).compare(key(b));
    return order != 0 ? order < 0 : a.order < b.order;
  });
  Piece piece;
  for (std::size_t i = 0; i < changes_.size();) {
    const std::string_view place = key(changes_[i]);
    Bits bits;
    for (; i < changes_.size() && key(changes_[i]) == place; ++i) {
      const std::uint64_t bit = 1ULL << changes_[i].bit;
      bits = over(changes_[i].adds ? Bits{bit, 0} : Bits{0, bit}, bits);
    }
    piece.append(place, bits);
  }
  changes_.clear();
  keys_.clear();
  return piece;
}

}  // namespace yilian::records
