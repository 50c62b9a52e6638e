#include "engine/records/index/piece.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/records/index/key.h"
#include "engine/records/packing.h"

namespace yilian::records {
namespace {

// format · entries. An entry: how many bytes of the key follow, which stand for as many at the end of the key before it (most
// differ in their block alone); kOtherSize: how many are as they were, then how many follow · those bytes · which resources.
// In the first format, which earlier programs wrote, all entries were of the other size; it begins with a zero, what the
// first key shares with the one before it.
constexpr std::uint8_t kFirstFormat = 0, kFormat = 1, kOtherSize = 255;

// The byte after a key: 0–63 this resource has it, 64–127 this one no longer has it, else masks follow. Or of those who
// have it, and nobody is cleared: a byte for each of two to four; or the mask without the bytes that are zero, after one
// that says which are not.
constexpr std::uint8_t kOneCleared = 64, kSetMask = 128, kClearMask = 129, kBothMasks = 130, kTwoSet = 131, kFourSet = 133,
                       kSetBytes = 134;

constexpr const char* kWhat = "a piece of the index";

std::uint64_t read_set(Unpacker& reader, std::uint8_t kind) {
  std::uint64_t set = 0;
  if (kind <= kFourSet) {
    for (int left = kind - kTwoSet + 2; left > 0; --left) set |= 1ULL << (reader.byte() & 63U);
    return set;
  }
  if (kind != kSetBytes) packing_damaged(kWhat);
  for (unsigned which = reader.byte(); which != 0; which &= which - 1)
    set |= std::uint64_t{reader.byte()} << (8 * std::countr_zero(which));
  return set;
}

void append_set(std::string& out, std::uint64_t set) {
  unsigned which = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((set >> (8 * i) & 0xFF) != 0) which |= 1U << i;
  }
  const int count = std::popcount(set), bytes = std::popcount(which);
  if (count >= 2 && count <= kFourSet - kTwoSet + 2 && count <= bytes + 1) {
    out += static_cast<char>(kTwoSet + count - 2);
    for (; set != 0; set &= set - 1) out += static_cast<char>(std::countr_zero(set));
  } else if (bytes < 7) {
    out += static_cast<char>(kSetBytes);
    out += static_cast<char>(which);
    for (; which != 0; which &= which - 1) out += static_cast<char>(set >> (8 * std::countr_zero(which)));
  } else {
    out += static_cast<char>(kSetMask);
    append_fixed(out, set);
  }
}

Bits read_bits(Unpacker& reader) {
  const std::uint8_t kind = reader.byte();
  if (kind < kOneCleared) return {1ULL << kind, 0};
  if (kind < kSetMask) return {0, 1ULL << (kind - kOneCleared)};
  if (kind >= kTwoSet) return {read_set(reader, kind), 0};
  Bits bits;
  if (kind == kSetMask || kind == kBothMasks) bits.set = reader.fixed<std::uint64_t>();
  if (kind == kClearMask || kind == kBothMasks) bits.clear = reader.fixed<std::uint64_t>();
  return bits;
}

void append_bits(std::string& out, const Bits& bits) {
  if (bits.clear == 0 && std::has_single_bit(bits.set)) {
    out += static_cast<char>(std::countr_zero(bits.set));
  } else if (bits.set == 0 && std::has_single_bit(bits.clear)) {
    out += static_cast<char>(kOneCleared + std::countr_zero(bits.clear));
  } else if (bits.clear == 0) {
    append_set(out, bits.set);
  } else {
    out += static_cast<char>(bits.set == 0 ? kClearMask : kBothMasks);
    if (bits.set != 0) append_fixed(out, bits.set);
    append_fixed(out, bits.clear);
  }
}

}  // namespace

void PieceWriter::add(std::string_view key, const Bits& bits) {
  if (bytes_.empty()) {
    first_ = key;
    bytes_ += static_cast<char>(kFormat);
  }
  const auto [differs, there] = std::mismatch(key.begin(), key.end(), last_.begin(), last_.end());
  const auto shared = static_cast<std::size_t>(differs - key.begin());
  if (key.size() == last_.size() && key.size() - shared < kOtherSize) {
    bytes_ += static_cast<char>(key.size() - shared);
  } else {
    bytes_ += static_cast<char>(kOtherSize);
    append_varint(bytes_, shared);
    append_varint(bytes_, key.size() - shared);
  }
  bytes_.append(key.substr(shared));
  append_bits(bytes_, bits);
  last_.resize(shared);
  last_.append(key.substr(shared));
}

void PieceWriter::clear() {
  bytes_.clear();
  first_.clear();
  last_.clear();
}

void Piece::read(std::string_view packed) {
  entries_.clear();
  blocks_.clear();
  counts_.clear();
  clears_ = false;
  entries_.reserve(packed.size() / 16);
  blocks_.reserve(packed.size() / 16);
  counts_.reserve(packed.size() / 16);
  used_ = 0;
  std::size_t last = 0, last_size = 0;
  const bool first_format = !packed.empty() && static_cast<std::uint8_t>(packed.front()) == kFirstFormat;
  Unpacker reader(packed, kWhat);
  if (!packed.empty() && !first_format && reader.byte() != kFormat) packing_damaged(kWhat);
  while (!reader.done()) {
    const std::uint8_t size = first_format ? kOtherSize : reader.byte();
    if (size != kOtherSize && size > last_size) packing_damaged(kWhat);
    const std::uint64_t shared = size == kOtherSize ? reader.varint() : last_size - size;
    const std::uint64_t fresh = size == kOtherSize ? reader.varint() : size;
    if (shared > last_size) packing_damaged(kWhat);
    const std::string_view rest = reader.take(fresh);
    char* key = make_room(shared + fresh);
    std::memcpy(key, keys_.get() + last, shared);
    std::memcpy(key + shared, rest.data(), fresh);
    last = used_;
    last_size = shared + fresh;
    used_ += last_size;
    note({static_cast<std::uint32_t>(last), static_cast<std::uint32_t>(last_size), read_bits(reader)});
  }
}

void Piece::append(std::string_view key, const Bits& bits) {
  std::memcpy(make_room(key.size()), key.data(), key.size());
  note({static_cast<std::uint32_t>(used_), static_cast<std::uint32_t>(key.size()), bits});
  used_ += key.size();
}

void Piece::note(const Entry& entry) {
  blocks_.push_back(entry.size < kBlockBytes ? 0 : static_cast<std::uint32_t>(block_of({keys_.get() + entry.at, entry.size})));
  counts_.push_back(count_before(entries_.size()) + count_of(entry.bits.set));
  clears_ = clears_ || entry.bits.clear != 0;
  entries_.push_back(entry);
}

char* Piece::make_room(std::size_t size) {
  if (used_ + size > room_) {
    const std::size_t room = std::max<std::size_t>(2 * room_, used_ + size + 8 * 1024);
    std::unique_ptr<char[]> larger(new char[room]);  // not set to zero
    if (used_ > 0) std::memcpy(larger.get(), keys_.get(), used_);
    keys_ = std::move(larger);
    room_ = room;
  }
  return keys_.get() + used_;
}

std::size_t Piece::lower_bound(std::string_view key, std::size_t from) const {
  const auto found =
      std::lower_bound(entries_.begin() + static_cast<std::ptrdiff_t>(from), entries_.end(), key,
                       [this](const Entry& entry, std::string_view wanted) {
                         return std::string_view(keys_.get() + entry.at, entry.size) < wanted;
                       });
  return static_cast<std::size_t>(found - entries_.begin());
}

}  // namespace yilian::records
