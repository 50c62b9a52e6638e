#pragma once
// Changes of one commit or of many, put into the order of their keys.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/index/key.h"
#include "engine/records/index/piece.h"

namespace yilian::records {

class Sorting {
 public:
  // What a commit changed (a row of index_change), the older ones first: the later of one resource counts. Throws
  // StorageError when it is damaged.
  void add(std::string_view changes);
  Piece sorted();

 private:
  struct Change {
    Head head;  // of the key: most comparisons need no more
    std::uint32_t at, size, order;
    bool adds;
    std::uint64_t bits;
  };
  void put(std::int64_t rid, std::string_view row, bool adds);
  std::string_view key(const Change& change) const { return {keys_.data() + change.at, change.size}; }
  std::vector<Change> changes_;
  std::string keys_;
};

// The key of a resource, as a row.
std::string resource_row(std::int64_t key);

}  // namespace yilian::records
