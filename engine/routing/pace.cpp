#include "engine/routing/pace.h"

#include <algorithm>

namespace yilian::routing {
namespace {

constexpr Instant kFirstPause = 500'000, kLongestPause = 30'000'000;

}  // namespace

Instant Pace::next(Instant at, Instant clock, const Hours& hours) const {
  if (is_down() && probing_) return kNever;
  return std::max({allowed_, down_until_, at + (hours.next(clock) - clock)});
}

void Pace::went(Instant at, double rate) {
  probing_ = is_down();
  if (rate > 0) allowed_ = std::max(at, allowed_) + static_cast<Instant>(1e6 / rate);
}

Instant Pace::answered() {
  const Instant since = down_since_;
  probing_ = false;
  down_since_ = down_until_ = pause_ = 0;
  why_.clear();
  return since;
}

bool Pace::failed(Instant at, Instant clock, const std::string& why) {
  probing_ = false;
  why_ = why;
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  down_until_ = at + pause_;
  if (is_down()) return false;
  down_since_ = clock;
  return true;
}

}  // namespace yilian::routing
