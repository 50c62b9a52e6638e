#include "engine/records/search/bitmap.h"

#include <algorithm>
#include <bit>

namespace yilian::records {

namespace {
constexpr std::int64_t kSparse = 32;  // a word to look at for each that would be sorted
}

void Bitmap::add(std::int64_t block, std::uint64_t bits) {
  if (bits == 0) return;
  if (!blocks_.empty() && block <= blocks_.back().block) sorted_ = false;
  blocks_.push_back({block, bits});
}

void Bitmap::finish() {
  if (sorted_) return;
  sorted_ = true;
  const auto [least, greatest] = std::minmax_element(
      blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) { return a.block < b.block; });
  const std::int64_t first = least->block, range = greatest->block - first + 1;
  // Where most blocks of the range are named, a place for each is quicker than sorting.
  if (range <= kSparse * static_cast<std::int64_t>(blocks_.size())) return finish_dense(first, range);
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
}

void Bitmap::finish_dense(std::int64_t first, std::int64_t range) {
  thread_local std::vector<std::uint64_t> dense;
  dense.assign(static_cast<std::size_t>(range), 0);
  for (const Block& block : blocks_) dense[static_cast<std::size_t>(block.block - first)] |= block.bits;
  blocks_.clear();
  for (std::size_t i = 0; i < dense.size(); ++i) {
    if (dense[i] != 0) blocks_.push_back({first + static_cast<std::int64_t>(i), dense[i]});
  }
  constexpr std::size_t kMostHeld = 1U << 18;
  if (dense.capacity() > kMostHeld) dense = {};
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
