#pragma once
// What tells that a run does not know a resource, without reading the run: a Bloom filter in lines of a processor's
// cache, about one false yes in a hundred.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace yilian::records {

class Filter {
 public:
  explicit Filter(std::size_t keys);       // at most about so many will be added
  explicit Filter(std::string_view bytes); // as bytes() gave them
  void add(std::int64_t hash);
  bool may_hold(std::int64_t hash) const;
  const std::string& bytes() const { return bytes_; }

 private:
  std::size_t line_of(std::uint64_t hash) const;
  std::string bytes_;
};

}  // namespace yilian::records
