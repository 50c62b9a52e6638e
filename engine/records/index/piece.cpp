#include "engine/records/index/piece.h"

#include <sqlite3.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/database/error.h"

namespace yilian::records {
namespace {

// The byte after a key: 0–63 this resource has it, 64–127 this one no longer has it, else masks follow.
constexpr std::uint8_t kOneCleared = 64, kSetMask = 128, kClearMask = 129, kBothMasks = 130;

void append_varint(std::string& out, std::size_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void append_mask(std::string& out, std::uint64_t mask) {
  char bytes[sizeof mask];
  std::memcpy(bytes, &mask, sizeof mask);  // little-endian, as is every machine that this runs on
  out.append(bytes, sizeof bytes);
}
static_assert(std::endian::native == std::endian::little);

[[noreturn]] void damaged() { throw database::StorageError(SQLITE_CORRUPT, "a piece of the index is damaged"); }

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty(); }
  std::size_t varint() {
    std::size_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::size_t>(next & 0x7F) << shift;
      if (next < 0x80) return value;
    }
    damaged();
  }
  std::uint8_t byte() {
    if (bytes_.empty()) damaged();
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) damaged();
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::uint64_t mask() {
    std::uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  Bits bits() {
    const std::uint8_t kind = byte();
    if (kind < kOneCleared) return {1ULL << kind, 0};
    if (kind < kSetMask) return {0, 1ULL << (kind - kOneCleared)};
    Bits bits;
    if (kind == kSetMask || kind == kBothMasks) bits.set = mask();
    if (kind == kClearMask || kind == kBothMasks) bits.clear = mask();
    if (kind > kBothMasks) damaged();
    return bits;
  }

 private:
  std::string_view bytes_;
};

void append_bits(std::string& out, const Bits& bits) {
  if (bits.clear == 0 && std::has_single_bit(bits.set)) {
    out += static_cast<char>(std::countr_zero(bits.set));
  } else if (bits.set == 0 && std::has_single_bit(bits.clear)) {
    out += static_cast<char>(kOneCleared + std::countr_zero(bits.clear));
  } else {
    out += static_cast<char>(bits.clear == 0 ? kSetMask : bits.set == 0 ? kClearMask : kBothMasks);
    if (bits.set != 0 || bits.clear == 0) append_mask(out, bits.set);
    if (bits.clear != 0) append_mask(out, bits.clear);
  }
}

}  // namespace

void PieceWriter::add(std::string_view key, const Bits& bits) {
  if (bytes_.empty()) first_ = key;
  const auto [differs, there] = std::mismatch(key.begin(), key.end(), last_.begin(), last_.end());
  const auto shared = static_cast<std::size_t>(differs - key.begin());
  append_varint(bytes_, shared);
  append_varint(bytes_, key.size() - shared);
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
  entries_.reserve(packed.size() / 16);
  std::size_t used = 0, last = 0, last_size = 0;
  for (Reader reader(packed); !reader.done();) {
    const std::size_t shared = reader.varint(), fresh = reader.varint();
    if (shared > last_size) damaged();
    const std::string_view rest = reader.take(fresh);
    make_room(used, shared + fresh);
    std::memcpy(keys_.get() + used, keys_.get() + last, shared);
    std::memcpy(keys_.get() + used + shared, rest.data(), fresh);
    last = used;
    last_size = shared + fresh;
    used += last_size;
    entries_.push_back({static_cast<std::uint32_t>(last), static_cast<std::uint32_t>(last_size), reader.bits()});
  }
}

void Piece::make_room(std::size_t used, std::size_t more) {
  if (used + more <= room_) return;
  const std::size_t room = std::max<std::size_t>(2 * room_, used + more + 8 * 1024);
  std::unique_ptr<char[]> larger(new char[room]);  // not set to zero
  if (used > 0) std::memcpy(larger.get(), keys_.get(), used);
  keys_ = std::move(larger);
  room_ = room;
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
