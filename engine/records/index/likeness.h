#pragma once
// How far keys say the same.

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/records/index/key.h"

namespace yilian::records {

class Likeness {
 public:
  void add(std::string_view key) {
    if (first_.empty()) {
      first_ = key;
      return;
    }
    if (key.size() != first_.size()) from_ = std::string::npos;
    if (from_ == std::string::npos) return;
    std::size_t from = key.size() - kBlockBytes;
    while (from > from_ && key[from - 1] == first_[from - 1]) --from;
    from_ = from;
  }
  void add(const Likeness& other) {
    if (other.first_.empty()) return;
    add(other.first_);
    from_ = std::max(from_, other.from_);
  }
  // The first key, and from where on all the others are as it is, but for their block; npos: they are not as long.
  const std::string& first() const { return first_; }
  std::size_t from() const { return from_; }
  // All say the same of their resources.
  bool is_one() const { return from_ == 0; }

 private:
  std::string first_;
  std::size_t from_ = 0;
};

}  // namespace yilian::records
