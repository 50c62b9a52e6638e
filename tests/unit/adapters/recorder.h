#pragma once
// The engine's side in a test of a source: records what comes, answers as it is told.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sdk/adapter.h"

namespace yilian::testing {

class Recorder : public sdk::Intake {
 public:
  using Say = std::function<sdk::Answer(const sdk::Incoming&)>;

  // How a message is answered from now on. Before the first call: accepted, with "ACK:" and the body.
  void answer(Say say) {
    const std::lock_guard lock(mutex_);
    say_ = std::move(say);
  }
  // From now on answers wait until release().
  void hold(bool yes = true) {
    const std::lock_guard lock(mutex_);
    hold_ = yes;
  }

  void take(sdk::Incoming incoming, std::function<void(sdk::Answer)> done) override {
    std::unique_lock lock(mutex_);
    taken_.push_back(incoming.body);
    peers_.push_back(incoming.peer);
    changed_.notify_all();
    auto what = say_(incoming);
    if (hold_) {
      held_.emplace_back(std::move(done), std::move(what));
      return;
    }
    lock.unlock();
    done(std::move(what));
  }
  void noise(sdk::Noise noise, std::function<void(sdk::Answer)> done) override {
    const bool wanted = noise.answer;
    {
      const std::lock_guard lock(mutex_);
      noises_.push_back(std::move(noise));
      changed_.notify_all();
    }
    done({false, wanted ? std::vector<std::string>{"REFUSED"} : std::vector<std::string>{}, "noise"});
  }

  // Answers the oldest message that waits. False when none does.
  bool release() {
    std::unique_lock lock(mutex_);
    if (held_.empty()) return false;
    auto [done, what] = std::move(held_.front());
    held_.erase(held_.begin());
    lock.unlock();
    done(std::move(what));
    return true;
  }
  // Waits until so many messages or noises have come; false when the time is over.
  bool wait_taken(std::size_t count, std::chrono::milliseconds most = std::chrono::seconds(5)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] { return taken_.size() >= count; });
  }
  bool wait_noise(std::size_t count, std::chrono::milliseconds most = std::chrono::seconds(5)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] { return noises_.size() >= count; });
  }
  std::vector<std::string> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  std::vector<std::string> peers() const {
    const std::lock_guard lock(mutex_);
    return peers_;
  }
  std::vector<sdk::Noise> noises() const {
    const std::lock_guard lock(mutex_);
    return noises_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Say say_ = [](const sdk::Incoming& in) { return sdk::Answer{true, {"ACK:" + in.body}, {}}; };
  bool hold_ = false;
  std::vector<std::string> taken_, peers_;
  std::vector<sdk::Noise> noises_;
  std::vector<std::pair<std::function<void(sdk::Answer)>, sdk::Answer>> held_;
};

}  // namespace yilian::testing
