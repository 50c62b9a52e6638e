#include "engine/records/index/piece_union.h"

#include <algorithm>
#include <limits>

#include "engine/records/index/key.h"

namespace yilian::records {
namespace {

// Words are quicker to go through: they may take somewhat more room.
constexpr std::size_t kWordRoom = 2;
constexpr std::int64_t kMostBlocks = (std::int64_t{std::numeric_limits<std::uint32_t>::max()} + 1) / 64;

}  // namespace

void PieceUnion::add_bits(std::int64_t block, std::uint64_t bits) {
  if (block >= kMostBlocks) {
    overflows_ = true;
    return;
  }
  for (; bits != 0; bits &= bits - 1)
    rids_.push_back(static_cast<std::uint32_t>(block * 64 + __builtin_ctzll(bits)));
}

void PieceUnion::add(const Piece& piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    keys_.add(piece.key(i));
    clears_ = clears_ || piece.bits(i).clear != 0;
    add_bits(block_of(piece.key(i)), piece.bits(i).set);
  }
}

void PieceUnion::add(const PieceUnion& other) {
  keys_.add(other.keys_);
  clears_ = clears_ || other.clears_;
  overflows_ = overflows_ || other.overflows_;
  rids_.insert(rids_.end(), other.rids_.begin(), other.rids_.end());
  for (std::size_t i = 0; i < other.words_.size(); ++i)
    add_bits(other.first_block_ + static_cast<std::int64_t>(i), other.words_[i]);
}

void PieceUnion::finish() {
  if (clears_ || overflows_) rids_.clear();
  if (!rids_.empty()) {
    const auto [least, greatest] = std::minmax_element(rids_.begin(), rids_.end());
    first_block_ = *least / 64;
    last_block_ = *greatest / 64;
    const auto blocks = static_cast<std::size_t>(last_block_ - first_block_ + 1);
    if (blocks * sizeof(std::uint64_t) <= kWordRoom * rids_.size() * sizeof(std::uint32_t)) {
      words_.assign(blocks, 0);
      for (const std::uint32_t rid : rids_) words_[rid / 64 - static_cast<std::uint32_t>(first_block_)] |= 1ULL << (rid % 64);
      rids_.clear();
    }
  }
  rids_.shrink_to_fit();
}

}  // namespace yilian::records
