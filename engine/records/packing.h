#pragma once
// Numbers and texts one behind the other, as the store packs them into blobs. Little-endian, as is every machine that
// this runs on.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace yilian::records {

static_assert(std::endian::native == std::endian::little);

// Seven bits a byte, the lowest first.
inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

template <class Number>
void append_fixed(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof bytes);
}

// Throws StorageError: `what` is damaged.
[[noreturn]] void packing_damaged(const char* what);

// Reads them again; never beyond the end.
class Unpacker {
 public:
  Unpacker(std::string_view bytes, const char* what) : bytes_(bytes), what_(what) {}
  bool done() const { return bytes_.empty(); }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
      if (next < 0x80) return value;
    }
    packing_damaged(what_);
  }
  std::uint8_t byte() {
    if (bytes_.empty()) packing_damaged(what_);
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size()) packing_damaged(what_);
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  template <class Number>
  Number fixed() {
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

 private:
  std::string_view bytes_;
  const char* what_;
};

}  // namespace yilian::records
