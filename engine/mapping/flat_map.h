#pragma once
// Text to a number, built once and read often: open addressing, no allocation when read. It keeps its own copy of the
// keys.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yilian::mapping {

class FlatMap {
 public:
  static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

  // The first value of a key stays.
  void insert(std::string_view key, std::uint32_t value) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    if (place(key, value)) ++size_;
  }

  std::uint32_t find(std::string_view key) const {
    if (slots_.empty()) return kAbsent;
    const std::uint32_t hash = hashed(key);
    for (std::size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[i];
      if (slot.value == kAbsent) return kAbsent;
      if (slot.hash == hash && slot.key == key) return slot.value;
    }
  }

  bool empty() const { return size_ == 0; }

 private:
  struct Slot {
    std::string key;
    std::uint32_t hash = 0;
    std::uint32_t value = kAbsent;
  };

  // FNV-1a: the keys are short and come from files, never from messages.
  static std::uint32_t hashed(std::string_view key) {
    std::uint32_t hash = 2166136261u;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash ^ hash >> 15;
  }

  bool place(std::string_view key, std::uint32_t value) {
    const std::uint32_t hash = hashed(key);
    std::size_t i = hash & (slots_.size() - 1);
    while (slots_[i].value != kAbsent) {
      if (slots_[i].hash == hash && slots_[i].key == key) return false;
      i = (i + 1) & (slots_.size() - 1);
    }
    slots_[i] = {std::string(key), hash, value};
    return true;
  }

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_ = std::vector<Slot>(old.empty() ? 8 : old.size() * 2);
    for (Slot& slot : old) {
      if (slot.value != kAbsent) place(slot.key, slot.value);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace yilian::mapping
