#pragma once
// Which rules of a segment map can do anything, by what is valued in the segment and by what its deciding fields say. A
// map has rules for everything that its segment may tell; a sender's segments tell the same few things. Some of these
// rules read only what comes again and again, and share no element with others: what they make together is kept.

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/mapping/program.h"

namespace yilian::mapping {

// Rules that are run as one.
struct Together {
  std::uint32_t maker = 0;  // in the memo; no other group of the thread ever has it
  std::vector<Rule> rules;
  std::vector<Input> inputs;
  Orders touches;

  // Where most of it is new each time, to keep it only costs: then it rests for a while, and is tried again.
  bool pays() {
    if (rest > 0) {
      --rest;
      return false;
    }
    if (tries == kTrial) {
      if (hits < kTrial / 2) rest = kRest;
      tries = hits = 0;
    }
    return rest == 0;
  }
  void tried(bool hit) {
    ++tries;
    hits += hit ? 1 : 0;
  }

 private:
  static constexpr std::uint32_t kTrial = 512, kRest = 8192;
  std::uint32_t tries = 0, hits = 0, rest = 0;
};

struct Shortlist {
  std::vector<Rule> rules;  // the others
  Together together;
};

// All that a list depends on, as bytes.
class Shape {
 public:
  static constexpr std::size_t kLongest = 128;

  // False: there is no room.
  bool add(std::string_view piece) {
    if (kLongest - size_ < piece.size()) return false;
    std::copy(piece.begin(), piece.end(), bytes_ + size_);
    size_ += piece.size();
    return true;
  }
  bool add(std::uint64_t number) { return add({reinterpret_cast<const char*>(&number), sizeof number}); }
  std::string_view bytes() const { return {bytes_, size_}; }

 private:
  char bytes_[kLongest];
  std::size_t size_ = 0;
};

// Kept by the thread. A list is found by its shape.
template <class T>
class ByShape {
 public:
  static constexpr std::size_t kMost = 512;

  // When there are too many, all are forgotten. Else what was found stays where it is.
  void begin() {
    if (lists_.size() < kMost) return;
    lists_.clear();
    last_.fill(nullptr);
  }
  // `number`: of the map that it is the list of. The lines of a report have one shape: the last one of a map is looked at
  // first.
  T* find(const Shape& shape, std::uint32_t number) {
    Entry*& last = last_[number % kLast];
    if (last != nullptr && last->first == shape.bytes()) return &last->second;
    const auto found = lists_.find(shape.bytes());
    if (found == lists_.end()) return nullptr;
    last = &*found;
    return &found->second;
  }
  // nullptr: there are too many.
  T* keep(const Shape& shape, T list) {
    if (lists_.size() >= kMost) return nullptr;
    return &lists_.insert_or_assign(std::string(shape.bytes()), std::move(list)).first->second;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  using Lists = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  using Entry = typename Lists::value_type;
  static constexpr std::size_t kLast = 64;

  Lists lists_;
  std::array<Entry*, kLast> last_{};
};

using Shortlists = ByShape<Shortlist>;
using RowLists = ByShape<std::vector<std::uint32_t>>;  // conditions of SegmentRows, as far as they are not known

}  // namespace yilian::mapping
