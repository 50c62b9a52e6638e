#pragma once
// Entries of the index in the order of their keys, packed: a key says only what differs from the one before it, and most
// entries are one resource, which is one byte.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace yilian::records {

// Which of a block's 64 resources have the key, and which of those that had it before have it no longer or anew; neither:
// as it was said before. Newer entries go over older ones.
struct Bits {
  std::uint64_t set = 0, clear = 0;  // both: it has it, as it may have had it before
};
// How many are set. (Without an instruction for it, which not every machine has, the compiler's own is a call.)
inline std::uint32_t count_of(std::uint64_t bits) {
  bits -= bits >> 1 & 0x5555555555555555U;
  bits = (bits & 0x3333333333333333U) + (bits >> 2 & 0x3333333333333333U);
  bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<std::uint32_t>(bits * 0x0101010101010101U >> 56);
}
// `newer` laid over `older`. What was cleared once stays said, so that who counts knows where something is said twice.
inline Bits over(const Bits& newer, const Bits& older) {
  return {newer.set | (older.set & ~newer.clear), newer.clear | older.clear};
}

class PieceWriter {
 public:
  void add(std::string_view key, const Bits& bits);  // in the order of the keys
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  const std::string& first() const { return first_; }
  const std::string& bytes() const { return bytes_; }
  void clear();

 private:
  std::string bytes_, first_, last_;
};

// A piece, unpacked.
class Piece {
 public:
  struct Entry {
    std::uint32_t at, size;  // of the key
    Bits bits;
  };
  Piece() = default;
  explicit Piece(std::string_view packed) { read(packed); }
  // Throws StorageError when the bytes are damaged.
  void read(std::string_view packed);
  void append(std::string_view key, const Bits& bits);  // in the order of the keys
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return sizeof *this + room_ + entries_.capacity() * (sizeof(Entry) + 8); }  // in memory
  std::string_view key(std::size_t i) const { return {keys_.get() + entries_[i].at, entries_[i].size}; }
  const Bits& bits(std::size_t i) const { return entries_[i].bits; }
  std::uint32_t block(std::size_t i) const { return blocks_[i]; }
  // How many resources the entries before this one have, and whether any entry clears something.
  std::uint32_t count_before(std::size_t i) const { return i == 0 ? 0 : counts_[i - 1]; }
  bool clears() const { return clears_; }
  // The first entry whose key is not before this one; from `from` on.
  std::size_t lower_bound(std::string_view key, std::size_t from = 0) const;

 private:
  // Room for one key more, with so many bytes.
  char* make_room(std::size_t size);
  std::unique_ptr<char[]> keys_;
  std::size_t room_ = 0, used_ = 0;
  void note(const Entry& entry);
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> blocks_, counts_;
  bool clears_ = false;
};

}  // namespace yilian::records
