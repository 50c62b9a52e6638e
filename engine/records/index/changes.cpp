#include "engine/records/index/changes.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/records/index/key.h"

namespace yilian::records {

namespace {

// Bytes in their order as a number; what is not there counts as zero.
std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  if (at < bytes.size()) std::memcpy(&number, bytes.data() + at, std::min(sizeof number, bytes.size() - at));
  return __builtin_bswap64(number);
}

}  // namespace

void Changes::put(std::int64_t rid, std::string_view row, bool adds) {
  const std::size_t at = keys_.size();
  keys_.append(row);
  append_block(keys_, rid >> 6);
  const std::string_view whole = std::string_view(keys_).substr(at);
  changes_.push_back({number_at(whole, 0), number_at(whole, 8), static_cast<std::uint32_t>(at),
                      static_cast<std::uint32_t>(whole.size()), static_cast<std::uint32_t>(changes_.size()),
                      static_cast<std::uint8_t>(rid & 63), adds});
}

std::string Changes::take() {
  std::sort(changes_.begin(), changes_.end(), [this](const Change& a, const Change& b) {
    if (a.head != b.head) return a.head < b.head;
    if (a.more != b.more) return a.more < b.more;
    const int order = key(a).compare(key(b));
    return order != 0 ? order < 0 : a.order < b.order;
  });
  PieceWriter piece;
  for (std::size_t i = 0; i < changes_.size();) {
    const std::string_view place = key(changes_[i]);
    Bits bits;
    for (; i < changes_.size() && key(changes_[i]) == place; ++i) {
      const std::uint64_t bit = 1ULL << changes_[i].bit;
      bits = over(changes_[i].adds ? Bits{bit, 0} : Bits{0, bit}, bits);
    }
    piece.add(place, bits);
  }
  clear();
  return piece.bytes();
}

void Changes::clear() {
  changes_.clear();
  keys_.clear();
}

}  // namespace yilian::records
