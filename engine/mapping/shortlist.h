#pragma once
// Which rules of a segment map can do anything, by what is valued in the segment and by what its deciding fields say. A
// map has rules for everything that its segment may tell; a sender's segments tell the same few things. Some of these
// rules read only what comes again and again, and share no element with others: what they make together is kept.

#include <cstdint>
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

// Kept by the thread. A list is found by a text of all that it depends on: a shape.
template <class T>
class ByShape {
 public:
  static constexpr std::size_t kMost = 512;

  // When there are too many, all are forgotten. Else what was found stays where it is.
  void begin() {
    if (lists_.size() >= kMost) lists_.clear();
  }
  T* find(std::string_view shape) {
    const auto found = lists_.find(shape);
    return found == lists_.end() ? nullptr : &found->second;
  }
  // nullptr: there are too many.
  T* keep(std::string_view shape, T list) {
    if (lists_.size() >= kMost) return nullptr;
    return &lists_.insert_or_assign(std::string(shape), std::move(list)).first->second;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  std::unordered_map<std::string, T, Hash, std::equal_to<>> lists_;
};

using Shortlists = ByShape<Shortlist>;
using RowLists = ByShape<std::vector<std::uint32_t>>;  // conditions of SegmentRows, as far as they are not known

}  // namespace yilian::mapping
