#pragma once
// What was read lately, bounded by what it costs in memory, shared by all threads: two halves, and when one is full the
// other is forgotten, with what was not asked for meanwhile. Only what never changes may be kept here.

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace yilian::records {

template <class Value>
class Lately {
 public:
  // Whose it is, and which of them.
  struct Key {
    const void* owner;
    std::uint64_t number;
    bool operator==(const Key&) const = default;
  };

  explicit Lately(std::size_t most_bytes) : half_(most_bytes / 2) {}

  std::shared_ptr<const Value> find(const Key& key) {
    const std::lock_guard lock(mutex_);
    used_ = true;
    if (const auto at = newer_.find(key); at != newer_.end()) return at->second.value;
    auto moved = older_.extract(key);
    if (moved.empty()) return nullptr;
    const auto value = moved.mapped().value;
    older_bytes_ -= moved.mapped().bytes;
    put(key, std::move(moved.mapped()));
    return value;
  }

  // What is larger than an eighth of all is not kept.
  void keep(const Key& key, std::shared_ptr<const Value> value, std::size_t bytes) {
    if (bytes > half_ / 4) return;
    const std::lock_guard lock(mutex_);
    used_ = true;
    put(key, Kept{std::move(value), bytes + kOverhead});
  }

  // All of one owner, or one of its values: its number may then mean something else.
  void forget(const void* owner) {
    const std::lock_guard lock(mutex_);
    newer_bytes_ -= forget_in(newer_, owner);
    older_bytes_ -= forget_in(older_, owner);
  }

  // Now and then while nothing else is done: what nobody asked for since the time before goes by halves.
  void rest() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(used_, false)) turn();
  }

  std::size_t bytes() {
    const std::lock_guard lock(mutex_);
    return newer_bytes_ + older_bytes_;
  }

 private:
  static constexpr std::size_t kOverhead = 96;  // of the table, about
  struct Kept {
    std::shared_ptr<const Value> value;
    std::size_t bytes;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      const auto owner = reinterpret_cast<std::uintptr_t>(key.owner);
      return static_cast<std::size_t>((owner ^ key.number) * 0x9E3779B97F4A7C15ULL >> 7);
    }
  };
  using Half = std::unordered_map<Key, Kept, Hash>;

  void put(const Key& key, Kept&& kept) {
    if (newer_bytes_ + kept.bytes > half_) turn();
    const std::size_t bytes = kept.bytes;
    if (newer_.try_emplace(key, std::move(kept)).second) newer_bytes_ += bytes;
  }
  void turn() {
    older_ = std::exchange(newer_, {});
    older_bytes_ = std::exchange(newer_bytes_, 0);
  }
  static std::size_t forget_in(Half& half, const void* owner) {
    std::size_t bytes = 0;
    std::erase_if(half, [&](const auto& item) {
      if (item.first.owner != owner) return false;
      bytes += item.second.bytes;
      return true;
    });
    return bytes;
  }

  const std::size_t half_;
  std::mutex mutex_;
  Half newer_, older_;
  std::size_t newer_bytes_ = 0, older_bytes_ = 0;
  bool used_ = false;
};

}  // namespace yilian::records
