#pragma once
// A set of resources by rid: blocks of 64, as the index keeps them.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace yilian::records {

class Bitmap {
 public:
  struct Block {
    std::int64_t block;
    std::uint64_t bits;
  };
  // In any order, blocks may come again; finish() before anything else.
  void add(std::int64_t block, std::uint64_t bits) {
    if (bits == 0) return;
    if (!blocks_.empty() && block <= blocks_.back().block) sorted_ = false;
    blocks_.push_back({block, bits});
  }
  void add(std::int64_t rid) { add(rid >> 6, 1ULL << (rid & 63)); }
  // Many at once: cheaper than one by one, and not to be rewound.
  void add(std::span<const std::uint32_t> rids, std::int64_t first_block, std::int64_t last_block);  // in which they lie
  void add(std::span<const std::uint64_t> words, std::int64_t first_block);
  void finish();
  // What was added since is forgotten; not once it is finished.
  std::size_t mark() const { return blocks_.size(); }
  void rewind(std::size_t mark) { blocks_.resize(mark); }
  // The same, but it is given.
  Bitmap split(std::size_t mark) {
    Bitmap out;
    for (std::size_t i = mark; i < blocks_.size(); ++i) out.add(blocks_[i].block, blocks_[i].bits);
    rewind(mark);
    return out;
  }

  bool contains(std::int64_t rid) const;
  std::uint64_t bits_of(std::int64_t block) const;  // 0: none
  std::int64_t count() const;
  bool empty() const { return blocks_.empty(); }
  const std::vector<Block>& blocks() const { return blocks_; }
  void intersect(const Bitmap& other);
  void subtract(const Bitmap& other);
  void unite(const Bitmap& other);
  // Ascending; the visitor says whether to go on. Only rids above `after`.
  template <class Visit>
  void for_each(std::int64_t after, Visit&& visit) const {
    for (auto at = from(after >> 6); at != blocks_.end(); ++at) {
      for (std::uint64_t bits = at->bits; bits != 0; bits &= bits - 1) {
        const std::int64_t rid = at->block * 64 + __builtin_ctzll(bits);
        if (rid > after && !visit(rid)) return;
      }
    }
  }
  // The same descending; only rids below `before`.
  template <class Visit>
  void for_each_back(std::int64_t before, Visit&& visit) const {
    for (auto at = blocks_.rbegin(); at != blocks_.rend(); ++at) {
      if (at->block > before >> 6) continue;
      for (std::uint64_t bits = at->bits; bits != 0;) {
        const int bit = 63 - __builtin_clzll(bits);
        bits &= ~(1ULL << bit);
        const std::int64_t rid = at->block * 64 + bit;
        if (rid < before && !visit(rid)) return;
      }
    }
  }
  // Keeps the rids for which the test holds.
  template <class Test>
  void keep_if(Test&& test) {
    for (Block& block : blocks_) {
      for (std::uint64_t bits = block.bits; bits != 0; bits &= bits - 1) {
        const int bit = __builtin_ctzll(bits);
        if (!test(block.block * 64 + bit)) block.bits &= ~(1ULL << bit);
      }
    }
    drop_empty();
  }

 private:
  std::vector<Block>::const_iterator from(std::int64_t block) const;
  void finish_dense(std::int64_t first, std::int64_t range);
  bool widen(std::int64_t first, std::int64_t last);
  void take_dense();
  void drop_empty();
  std::vector<Block> blocks_;  // by block, none empty
  bool sorted_ = true;
  // Until it is finished: what came many at once, a word for each block from `dense_first_` on.
  std::vector<std::uint64_t> dense_;
  std::int64_t dense_first_ = 0;
};

}  // namespace yilian::records
