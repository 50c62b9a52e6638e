#include "engine/records/index/piece_summary.h"

#include <algorithm>

namespace yilian::records {

void PieceSummary::add(const Piece& piece) {
  clears_ = clears_ || piece.clears();
  count_ += piece.count_before(piece.size());
  for (std::size_t i = 0; i < piece.size(); ++i) {
    keys_.add(piece.key(i));
    const std::int64_t begin = std::int64_t{piece.block(i)} * 64;
    if (begin > last_) continue;
    for (std::uint64_t bits = piece.bits(i).set; bits != 0; bits &= bits - 1)
      first_.push_back(begin + __builtin_ctzll(bits));
    if (first_.size() >= 16 * kFirst) keep_first();
  }
}

void PieceSummary::add(const PieceSummary& other) {
  keys_.add(other.keys_);
  clears_ = clears_ || other.clears_;
  count_ += other.count_;
  has_all_ = has_all_ && other.has_all_;
  first_.insert(first_.end(), other.first_.begin(), other.first_.end());
}

void PieceSummary::finish() {
  keep_first();
  first_.shrink_to_fit();
}

// What is among the first of all is among the first of each part that has it: each part need know no more of its own.
void PieceSummary::keep_first() {
  std::sort(first_.begin(), first_.end());
  first_.erase(std::unique(first_.begin(), first_.end()), first_.end());
  if (first_.size() <= kFirst) return;
  first_.resize(kFirst);
  last_ = first_.back();
  has_all_ = false;
}

}  // namespace yilian::records
