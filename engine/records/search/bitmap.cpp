#include "engine/records/search/bitmap.h"

#include <algorithm>
#include <bit>

namespace yilian::records {

void Bitmap::add(std::int64_t block, std::uint64_t bits) {
  if (bits == 0) return;
  if (!blocks_.empty()) {
    if (blocks_.back().block == block) {
      blocks_.back().bits |= bits;
      return;
    }
    if (block < blocks_.back().block) sorted_ = false;
  }
  blocks_.push_back({block, bits});
}

void Bitmap::finish() {
  if (sorted_) return;
  std::sort(blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) { return a.block < b.block; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < blocks_.size(); ++i) {
    if (blocks_[i].block == blocks_[kept].block) {
      blocks_[kept].bits |= blocks_[i].bits;
    } else {
      blocks_[++kept] = blocks_[i];
    }
  }
  blocks_.resize(blocks_.empty() ? 0 : kept + 1);
  sorted_ = true;
}

std::vector<Bitmap::Block>::const_iterator Bitmap::from(std::int64_t block) const {
  return std::lower_bound(blocks_.begin(), blocks_.end(), block,
                          [](const Block& a, std::int64_t b) { return a.block < b; });
}

std::uint64_t Bitmap::bits_of(std::int64_t block) const {
  const auto found = from(block);
  return found != blocks_.end() && found->block == block ? found->bits : 0;
}

bool Bitmap::contains(std::int64_t rid) const { return (bits_of(rid >> 6) >> (rid & 63) & 1) != 0; }

std::int64_t Bitmap::count() const {
  std::int64_t total = 0;
  for (const Block& block : blocks_) total += std::popcount(block.bits);
  return total;
}

void Bitmap::drop_empty() {
  std::erase_if(blocks_, [](const Block& block) { return block.bits == 0; });
}

void Bitmap::intersect(const Bitmap& other) {
  auto at = other.blocks_.begin();
  for (Block& block : blocks_) {
    while (at != other.blocks_.end() && at->block < block.block) ++at;
    block.bits &= at != other.blocks_.end() && at->block == block.block ? at->bits : 0;
  }
  drop_empty();
}

void Bitmap::subtract(const Bitmap& other) {
  auto at = other.blocks_.begin();
  for (Block& block : blocks_) {
    while (at != other.blocks_.end() && at->block < block.block) ++at;
    if (at != other.blocks_.end() && at->block == block.block) block.bits &= ~at->bits;
  }
  drop_empty();
}

void Bitmap::unite(const Bitmap& other) {
  for (const Block& block : other.blocks_) add(block.block, block.bits);
  finish();
}

}  // namespace yilian::records
