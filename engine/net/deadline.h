#pragma once
// The deadline of what a connection waits for. Setting it costs no timer operation unless it is nearer than the one
// before. For .cpp files: it brings Asio.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace yilian::net {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  template <class Executor>
  explicit Deadline(const Executor& executor) : timer_(executor) {}

  // `expired` is called on the executor when a deadline has passed, as long as `owner` lives.
  void watch(std::weak_ptr<void> owner, std::function<void()> expired) {
    owner_ = std::move(owner);
    expired_ = std::move(expired);
  }

  // From now; nothing: wait without end.
  void set(std::optional<Clock::duration> within) {
    at_ = within ? Clock::now() + *within : kNever;
    if (at_ < timer_at_) arm();
  }

  // For good.
  void cancel() {
    at_ = kNever;
    timer_.cancel();
  }

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  void arm() {
    timer_at_ = at_;
    timer_.expires_at(at_);
    timer_.async_wait([this, owner = owner_](const boost::system::error_code& error) {
      const auto alive = owner.lock();
      if (!alive || error) return;
      timer_at_ = kNever;
      if (at_ == kNever) return;
      if (Clock::now() < at_) return arm();
      at_ = kNever;
      expired_();
    });
  }

  boost::asio::steady_timer timer_;
  std::weak_ptr<void> owner_;
  std::function<void()> expired_;
  Clock::time_point at_ = kNever;
  Clock::time_point timer_at_ = kNever;  // what the timer itself waits for
};

}  // namespace yilian::net
