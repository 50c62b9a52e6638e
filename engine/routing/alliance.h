#pragma once
// The running whole: every entrance of the configuration with its source and every destination, started, reloaded, drained.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/routing/door.h"
#include "engine/routing/replay.h"

namespace yilian::routing {

class Alliance {
 public:
  Alliance(database::Database& database, std::shared_ptr<const Directory> directory);
  ~Alliance();

  // Writes the hospitals' Organizations, then opens every entrance. The first that cannot be opened is the error, and none stays open.
  Result<void> start();
  // Entrances whose settings are the same stay open, with all their connections; others are closed and opened. What fails to open is told;
  // the rest runs on.
  std::vector<Issue> reload(std::shared_ptr<const Directory> directory);
  void stop(std::chrono::milliseconds deadline);

  std::shared_ptr<const Directory> directory() const;
  Dispatcher& dispatcher() { return dispatcher_; }
  Replay& replay() { return replay_; }

  struct Status {
    std::string adapter, address;
    std::vector<std::string> feeds;  // "hospital/feed"
    std::uint64_t stored, duplicate, parked_or_refused, noise, not_kept, microseconds;
  };
  std::vector<Status> status() const;

 private:
  struct Open;
  Result<std::unique_ptr<Open>> open(const std::shared_ptr<const Directory>& directory, const Entrance& entrance);
  Result<void> write_organizations(const Directory& directory);

  database::Database& database_;
  Dispatcher dispatcher_;
  Replay replay_{database_, dispatcher_};
  net::WorkerPool large_messages_{2, 64};
  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> directory_;
  std::map<std::string, std::unique_ptr<Open>> open_;  // by Entrance::key
};

}  // namespace yilian::routing
