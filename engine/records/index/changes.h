#pragma once
// What a transaction changes in the index, gathered until its end and then sorted and packed in one piece.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/index/key.h"
#include "engine/records/index/piece.h"

namespace yilian::records {

class Changes {
 public:
  // `row`: a key without its block.
  void add(std::int64_t rid, std::string_view row) { put(rid, row, true); }
  void remove(std::int64_t rid, std::string_view row) { put(rid, row, false); }
  bool empty() const { return changes_.empty(); }
  // All of it, in the order of the keys; of what was said twice of one resource, the later. Empties it.
  std::string take();
  void clear();

 private:
  struct Change {
    Head head;  // of the key: most comparisons need no more
    std::uint32_t at, size;
    std::uint32_t order;
    std::uint8_t bit;
    bool adds;
  };
  void put(std::int64_t rid, std::string_view row, bool adds);
  std::string_view key(const Change& change) const { return {keys_.data() + change.at, change.size}; }
  std::vector<Change> changes_;
  std::string keys_;
};

}  // namespace yilian::records
