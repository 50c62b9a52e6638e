#pragma once
// What whole pieces of a run say together, in short: how many there are and which come first. It is some hundred bytes
// whatever it stands for, so that a range which millions have costs no more than one which thousands have.

#include <cstdint>
#include <limits>
#include <vector>

#include "engine/records/index/likeness.h"
#include "engine/records/index/piece.h"

namespace yilian::records {

class PieceSummary {
 public:
  static constexpr std::size_t kFirst = 64;

  void add(const Piece& piece);
  void add(const PieceSummary& other);
  void finish();  // once all is added

  // A resource under two keys counts twice.
  std::int64_t count() const { return count_; }
  // Of the resources, each once, the first; `has_all`: there are no others.
  const std::vector<std::int64_t>& first() const { return first_; }
  bool has_all() const { return has_all_; }
  // An entry clears something: its key has to be looked at.
  bool clears() const { return clears_; }
  const Likeness& keys() const { return keys_; }
  std::size_t bytes() const { return sizeof *this + keys_.first().size() + first_.capacity() * sizeof(std::int64_t); }

 private:
  void keep_first();

  std::int64_t count_ = 0;
  std::vector<std::int64_t> first_;
  std::int64_t last_ = std::numeric_limits<std::int64_t>::max();  // what comes after is not among the first
  bool has_all_ = true, clears_ = false;
  Likeness keys_;
};

}  // namespace yilian::records
