#pragma once
// What was looked up in the runs lately: the patients, doctors and wards that are busy are asked for with every message.

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace yilian::records {

class Found {
 public:
  using Rids = std::vector<std::int64_t>;

  // All resources of the key that the runs name; null: not known.
  const Rids* find(std::int64_t key) {
    if (const auto at = newer_.find(key); at != newer_.end()) return &at->second;
    const auto at = older_.find(key);
    if (at == older_.end()) return nullptr;
    Rids rids = std::move(at->second);
    older_.erase(at);
    return &keep(key, std::move(rids));
  }
  const Rids& keep(std::int64_t key, Rids rids) {
    // What was not asked for while so many others were is forgotten.
    if (newer_.size() >= kMost) older_ = std::exchange(newer_, {});
    return newer_[key] = std::move(rids);
  }
  // A new run names one more.
  void add(std::int64_t key, std::int64_t rid) {
    for (auto* half : {&newer_, &older_}) {
      if (const auto at = half->find(key); at != half->end()) at->second.push_back(rid);
    }
  }
  void clear() {
    newer_.clear();
    older_.clear();
  }

 private:
  static constexpr std::size_t kMost = 4096;
  std::unordered_map<std::int64_t, Rids> newer_, older_;
};

}  // namespace yilian::records
