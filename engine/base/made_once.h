#pragma once
// A value that the first who asks for it makes; who asks meanwhile waits for it.

#include <functional>
#include <mutex>
#include <utility>

namespace yilian {

template <class T>
class MadeOnce {
 public:
  explicit MadeOnce(std::function<T()> make) : make_(std::move(make)) {}
  // Throws what the making throws; then the next who asks tries again.
  const T& get() const {
    std::call_once(made_, [this] {
      value_ = make_();
      make_ = nullptr;  // and what it holds
    });
    return value_;
  }

 private:
  mutable std::once_flag made_;
  mutable std::function<T()> make_;
  mutable T value_{};
};

}  // namespace yilian
