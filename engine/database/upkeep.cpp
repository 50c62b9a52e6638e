#include "engine/database/upkeep.h"

#include <algorithm>

#include "engine/base/log.h"

namespace yilian::database {
namespace {

constexpr int kCommits = 16;  // looked after each so many; a look costs a query

}  // namespace

Upkeep::Upkeep(const std::vector<Schema>& schema, const Options& options) : rest_(options.rest_milliseconds) {
  for (const Schema& part : schema) {
    if (part.upkeep) works_.push_back(part.upkeep);
  }
}

Upkeep::~Upkeep() { close(); }

void Upkeep::start(Database& database, std::chrono::milliseconds every) {
  if (!works_.empty()) thread_ = std::thread([this, &database, every] { run(database, every); });
}

void Upkeep::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::committed() {
  if (++commits_ % kCommits == 0) wake(false);
}

void Upkeep::at_rest() { wake(true); }

void Upkeep::wake(bool at_rest) {
  {
    const std::lock_guard lock(mutex_);
    if (asked_ && at_rest_ == at_rest) return;
    at_rest_ = at_rest;
    asked_ = true;
  }
  wake_.notify_one();
}

void Upkeep::run(Database& database, std::chrono::milliseconds every) {
  // Others may write too: then it looks by itself, also when it was not told.
  const bool looks = every.count() > 0;
  const auto pause = looks ? std::min(every, rest_) : rest_;
  std::chrono::milliseconds waited{0};
  std::unique_lock lock(mutex_);
  while (true) {
    const bool asked = wake_.wait_for(lock, pause, [this] { return asked_ || closing_; });
    if (closing_) return;
    waited = asked ? rest_ : waited + pause;
    const bool at_rest = at_rest_ && waited >= rest_;
    if (!asked && !at_rest && !looks) continue;
    if (waited >= rest_) waited = {};
    asked_ = false;
    lock.unlock();
    for (const Work& work : works_) {
      try {
        while (!closing_ && database.keeps() && work(database, at_rest, closing_)) {
        }
      } catch (const std::exception& error) {
        // It is tried again: nothing that is asked for depends on it.
        log::error("database", "upkeep_failed", {{"what", error.what()}});
      }
    }
    lock.lock();
  }
}

}  // namespace yilian::database
