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

  // What people do: the feed takes no more messages, or takes them again; kept over a restart. Where all feeds of an entrance are stopped it is closed, else the
  // stopped ones' senders are answered that nothing was kept. Errors: not_found; storage, busy; what opening the entrance says, the feed counts as started then.
  Result<void> stop_feed(const std::string& hospital, const std::string& feed);
  Result<void> start_feed(const std::string& hospital, const std::string& feed);

  std::shared_ptr<const Directory> directory() const;
  Dispatcher& dispatcher() { return dispatcher_; }
  const Dispatcher& dispatcher() const { return dispatcher_; }
  Replay& replay() { return replay_; }

  struct Status {
    std::string adapter, address;
    std::vector<std::string> feeds;  // "hospital/feed"
    std::uint64_t stored, duplicate, parked_or_refused, noise, not_kept, microseconds, turned_away;
  };
  std::vector<Status> status() const;  // of what is open

  struct FeedStatus {
    enum class State : std::uint8_t { running, stopped, closed } state = State::running;  // closed: it should run and does not
    std::string hospital, hospital_name, feed, system, adapter, address, zone, sender;
    Instant since = 0;  // stopped
    std::string error;  // closed
    std::shared_ptr<const FeedTally> tally;
  };
  std::vector<FeedStatus> feeds() const;  // all of the configuration
  const Tally& tally() const { return tally_; }
  Instant began() const { return began_; }  // since when there are counts

 private:
  struct Open;
  Result<void> set_stopped(const std::string& hospital, const std::string& feed, bool stopped);
  Result<void> settle(const std::shared_ptr<const Directory>& directory, const Entrance& entrance);
  bool all_stopped(const Entrance& entrance) const;
  Result<std::unique_ptr<Open>> open(const std::shared_ptr<const Directory>& directory, const Entrance& entrance);
  Result<void> write_organizations(const Directory& directory);

  database::Database& database_;
  Dispatcher dispatcher_;
  Replay replay_{database_, dispatcher_};
  Tally tally_;
  const Instant began_ = now();
  net::WorkerPool large_messages_{2, 64};
  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> directory_;
  Stops stops_;
  std::map<std::string, std::unique_ptr<Open>> open_;  // by Entrance::key
  std::map<std::string, Issue> failed_;                // could not be opened; the same
};

}  // namespace yilian::routing
