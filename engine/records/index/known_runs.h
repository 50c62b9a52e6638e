#pragma once
// What is kept in memory of a run, once for all connections of a database: as long as one of them keeps it.

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "engine/database/database.h"

namespace yilian::records {

// A run's number is never used again, so what is found is right.
template <class T>
class KnownRuns {
 public:
  static KnownRuns& instance() {
    static KnownRuns known;
    return known;
  }
  template <class Make>
  std::shared_ptr<T> find_or_make(database::Connection& connection, std::int64_t run, Make&& make) {
    const Name name{connection.database(), run};
    {
      const std::lock_guard lock(mutex_);
      const auto found = known_.find(name);
      if (found != known_.end()) {
        if (auto there = found->second.lock()) return there;
      }
    }
    std::shared_ptr<T> made = make();
    const std::lock_guard lock(mutex_);
    std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
    known_[name] = made;
    return made;
  }

 private:
  using Name = std::pair<std::uint64_t, std::int64_t>;
  std::mutex mutex_;
  std::map<Name, std::weak_ptr<T>> known_;
};

}  // namespace yilian::records
