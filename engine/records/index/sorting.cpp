#include "engine/records/index/sorting.h"

#include <algorithm>

#include "engine/records/index/changes.h"

namespace yilian::records {
namespace {

std::uint64_t bit_of(std::int64_t rid) { return 1ULL << (rid & 63); }

}  // namespace

std::string resource_row(std::int64_t key) {
  std::string row = number_key(kResources, key);
  append_extra(row, 0);
  return row;
}

void Sorting::add(std::string_view changes) {
  // Of each row by its number: the change in which it was said last, and of which block.
  struct Said {
    std::uint32_t change;
    std::int64_t block;
  };
  std::vector<Said> said;
  std::int64_t coming = -1;
  for (ChangesReader at(changes); at.next();) {
    const std::int64_t rid = at.rid();
    if (at.kind() == ChangesReader::Kind::comes) {
      put(rid, resource_row(at.key()), true);
      coming = rid;
      continue;
    }
    if (at.kind() == ChangesReader::Kind::removes) {
      put(rid, at.row(), false);
      coming = -1;
      continue;
    }
    const Said here{static_cast<std::uint32_t>(changes_.size()), rid >> 6};
    if (at.number() == said.size()) {
      said.push_back(here);
    } else if (Said& before = said[at.number()]; rid == coming && before.block == here.block) {
      // Of one that has just come nothing was taken away yet: its bit may stand with those before, as if said then.
      changes_[before.change].bits |= bit_of(rid);
      continue;
    } else {
      before = here;
    }
    put(rid, at.row(), true);
  }
}

void Sorting::put(std::int64_t rid, std::string_view row, bool adds) {
  const std::size_t at = keys_.size();
  keys_.append(row);
  append_block(keys_, rid >> 6);
  const std::string_view whole = std::string_view(keys_).substr(at);
  changes_.push_back({head_of(whole), static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(whole.size()),
                      static_cast<std::uint32_t>(changes_.size()), adds, bit_of(rid)});
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
      const std::uint64_t said = changes_[i].bits;
      bits = over(changes_[i].adds ? Bits{said, 0} : Bits{0, said}, bits);
    }
    piece.append(place, bits);
  }
  changes_.clear();
  keys_.clear();
  return piece;
}

}  // namespace yilian::records
