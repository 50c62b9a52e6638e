#include "engine/routing/patience.h"

#include <algorithm>
#include <chrono>

#include "engine/base/steady.h"

namespace yilian::routing {

void Patience::watch(std::int64_t message, std::span<const journal::Target> targets, Instant within, Done done) {
  const std::lock_guard lock(mutex_);
  Wait wait;
  for (const journal::Target& target : targets) wait.open.insert(target.destination);
  wait.until = steady_now() + within;
  wait.done = std::move(done);
  const bool first = by_time_.empty() || wait.until < by_time_.begin()->first;
  by_time_.emplace(wait.until, message);
  waits_.emplace(message, std::move(wait));
  if (!thread_.joinable() && !stopping_) thread_ = std::thread([this] { run(); });
  if (first) wake_.notify_one();
}

void Patience::ended(const journal::Delivery& delivery) {
  Wait wait;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waits_.find(delivery.number);
    if (found == waits_.end() || found->second.open.erase(delivery.destination) == 0) return;
    found->second.outcome.ended.push_back(delivery);
    if (!found->second.open.empty()) return;
    by_time_.erase({found->second.until, delivery.number});
    wait = std::move(found->second);
    waits_.erase(found);
  }
  wait.done(wait.outcome);
}

void Patience::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !waits_.empty()) {
    if (by_time_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto [until, message] = *by_time_.begin();
    const Instant at = steady_now();
    if (at < until && !stopping_) {
      wake_.wait_for(lock, std::chrono::microseconds(std::min<Instant>(until - at, 60'000'000)));
      continue;
    }
    by_time_.erase(by_time_.begin());
    Wait wait = std::move(waits_.at(message));
    waits_.erase(message);
    wait.outcome.in_time = false;
    lock.unlock();
    wait.done(wait.outcome);
    lock.lock();
  }
}

void Patience::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace yilian::routing
