#pragma once
// What whole pieces of a run say together, whatever their keys: so that a wide range, of which every key counts, is a few
// dozen sets and not a hundred thousand keys. A run never changes, so neither does this.

#include <cstdint>
#include <vector>

#include "engine/records/index/likeness.h"
#include "engine/records/index/piece.h"

namespace yilian::records {

class PieceUnion {
 public:
  void add(const Piece& piece);
  void add(const PieceUnion& other);
  void finish();  // once all is added

  // It says too little: an entry clears something, and only merging can tell what is left of the others then; or there
  // are more resources than it has numbers for.
  bool clears() const { return clears_; }
  bool overflows() const { return overflows_; }
  // The resources, all within these blocks, in one of two ways, as takes less room: one by one, in no order and maybe more
  // than once; or a word for each block.
  const std::vector<std::uint32_t>& rids() const { return rids_; }
  const std::vector<std::uint64_t>& words() const { return words_; }
  std::int64_t first_block() const { return first_block_; }
  std::int64_t last_block() const { return last_block_; }
  const Likeness& keys() const { return keys_; }
  std::size_t bytes() const { return sizeof *this + keys_.first().size() + rids_.capacity() * 4 + words_.capacity() * 8; }

 private:
  void add_bits(std::int64_t block, std::uint64_t bits);

  std::vector<std::uint32_t> rids_;
  std::vector<std::uint64_t> words_;
  std::int64_t first_block_ = 0, last_block_ = 0;
  bool clears_ = false, overflows_ = false;
  Likeness keys_;
};

}  // namespace yilian::records
