#include "engine/records/search/bitmap.h"

#include <algorithm>

#include "engine/records/index/piece.h"

namespace yilian::records {

namespace {
constexpr std::int64_t kSparse = 32;  // a word to look at for each that would be sorted
constexpr std::int64_t kMostDense = 1 << 22;  // blocks: 32 MiB for 268 million resources
}

void Bitmap::add(std::span<const std::uint32_t> rids, std::int64_t first_block, std::int64_t last_block) {
  if (rids.empty()) return;
  const std::int64_t range = last_block - first_block;
  if (range > kSparse * static_cast<std::int64_t>(rids.size()) || !widen(first_block, last_block)) {
    for (const std::uint32_t rid : rids) add(static_cast<std::int64_t>(rid));
    return;
  }
  std::uint64_t* const words = dense_.data();
  for (const std::uint32_t rid : rids) words[(rid >> 6) - dense_first_] |= 1ULL << (rid & 63);
}

void Bitmap::add(std::span<const std::uint64_t> words, std::int64_t first_block) {
  if (words.empty()) return;
  if (!widen(first_block, first_block + static_cast<std::int64_t>(words.size()) - 1)) {
    for (std::size_t i = 0; i < words.size(); ++i) add(first_block + static_cast<std::int64_t>(i), words[i]);
    return;
  }
  std::uint64_t* const to = dense_.data() + (first_block - dense_first_);
  for (std::size_t i = 0; i < words.size(); ++i) to[i] |= words[i];
}

// Makes room for these blocks; false: they lie too far from the others.
bool Bitmap::widen(std::int64_t first, std::int64_t last) {
  if (dense_.empty()) dense_first_ = first;
  const std::int64_t end = std::max(last + 1, dense_first_ + static_cast<std::int64_t>(dense_.size()));
  if (end - std::min(first, dense_first_) > kMostDense) return false;
  if (first < dense_first_) {
    dense_.insert(dense_.begin(), static_cast<std::size_t>(dense_first_ - first), 0);
    dense_first_ = first;
  }
  dense_.resize(static_cast<std::size_t>(end - dense_first_));
  return true;
}

// What came many at once, and with it what came one by one; what lies apart from those is still in no order.
void Bitmap::take_dense() {
  const std::vector<Block> single = std::exchange(blocks_, {});
  std::vector<std::uint64_t> words = std::exchange(dense_, {});
  const auto end = dense_first_ + static_cast<std::int64_t>(words.size());
  std::vector<Block> outside;
  for (const Block& block : single) {
    if (block.block >= dense_first_ && block.block < end) {
      words[static_cast<std::size_t>(block.block - dense_first_)] |= block.bits;
    } else {
      outside.push_back(block);
    }
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != 0) blocks_.push_back({dense_first_ + static_cast<std::int64_t>(i), words[i]});
  }
  sorted_ = outside.empty();
  blocks_.insert(blocks_.end(), outside.begin(), outside.end());
}

void Bitmap::finish() {
  if (!dense_.empty()) take_dense();
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
  for (const Block& block : blocks_) total += count_of(block.bits);
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
  if (empty()) {
    blocks_ = other.blocks_;
    return;
  }
  for (const Block& block : other.blocks_) add(block.block, block.bits);
  finish();
}

}  // namespace yilian::records
