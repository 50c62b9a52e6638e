#pragma once
// When a destination may be sent to: not oftener than its rate, in its hours; while it is down after growing pauses, and then one message at a time until it
// answers. State alone, without a clock, tested by itself.

#include <string>

#include "engine/routing/destination.h"

namespace yilian::routing {

// `at` is of steady_now(), `clock` of now(): waiting goes by what nobody sets, hours by the clock on the wall.
class Pace {
 public:
  static constexpr Instant kNever = INT64_MAX;

  // From when on something may go, of steady_now(): `at` or before, when it may now. kNever: when what is under way has been answered.
  Instant next(Instant at, Instant clock, const Hours& hours) const;
  // One goes.
  void went(Instant at, double rate);
  // It did not, for a reason of ours: the next one may be tried instead.
  void stayed() { probing_ = false; }
  // The other side has said something. Since when it was down; 0: it was not.
  Instant answered();
  // It could not be reached, or was silent. Whether that is new.
  bool failed(Instant at, Instant clock, const std::string& why);

  bool is_down() const { return down_since_ > 0; }
  Instant down_since() const { return down_since_; }  // of now()
  Instant down_until() const { return down_until_; }  // of steady_now()
  const std::string& why() const { return why_; }

 private:
  Instant allowed_ = 0;  // by the rate
  Instant down_since_ = 0, down_until_ = 0, pause_ = 0;
  bool probing_ = false;
  std::string why_;
};

}  // namespace yilian::routing
