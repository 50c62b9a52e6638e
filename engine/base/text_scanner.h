#pragma once
// A text read from its beginning, for forms that are made of digits and signs: dates, times, zones.

#include <cstddef>
#include <string_view>

namespace yilian {

class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool digit_next() const { return peek() >= '0' && peek() <= '9'; }
  void skip() { rest_.remove_prefix(1); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits; -1 when they are not there.
  int digits(std::size_t count) {
    if (rest_.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return -1;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace yilian
