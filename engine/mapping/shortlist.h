#pragma once
// Which rules of a segment map can do anything, by what is valued in the segment and by what its deciding fields say. A
// map has rules for everything that its segment may tell; a sender's segments tell the same few things.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/mapping/program.h"

namespace yilian::mapping {

// Kept by the thread. A list is found by a text of all that it depends on.
class Shortlists {
 public:
  static constexpr std::size_t kMost = 512;  // then all are forgotten

  const std::vector<Rule>* find(std::string_view key) const {
    const auto found = lists_.find(key);
    return found == lists_.end() ? nullptr : &found->second;
  }
  // The lists that were found before may be gone then.
  const std::vector<Rule>& keep(std::string_view key, std::vector<Rule> rules) {
    if (lists_.size() >= kMost) lists_.clear();
    return lists_.insert_or_assign(std::string(key), std::move(rules)).first->second;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  std::unordered_map<std::string, std::vector<Rule>, Hash, std::equal_to<>> lists_;
};

}  // namespace yilian::mapping
