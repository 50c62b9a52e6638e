#pragma once
// Who waits for the deliveries of a message: until all have ended, or the time is over.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/journal/delivery.h"

namespace yilian::routing {

class Patience {
 public:
  struct Outcome {
    std::vector<journal::Delivery> ended;
    bool in_time = true;  // false: some have not ended
  };
  using Done = std::function<void(const Outcome&)>;

  ~Patience() { stop(); }
  void watch(std::int64_t message, std::span<const journal::Target> targets, Instant within, Done done);
  void ended(const journal::Delivery& delivery);
  void stop();  // tells all who wait that it was not in time

 private:
  struct Wait {
    std::set<std::int64_t> open;  // destinations
    Outcome outcome;
    Instant until = 0;  // of steady_now()
    Done done;
  };
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::unordered_map<std::int64_t, Wait> waits_;        // by message
  std::set<std::pair<Instant, std::int64_t>> by_time_;  // until, message
  std::thread thread_;                                  // made when first needed
  bool stopping_ = false;
};

}  // namespace yilian::routing
