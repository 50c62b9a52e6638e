#pragma once
// Messages of the journal once more: through today's rules, and to where today's routes lead; as they are, or as somebody has edited them.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/routing/dispatcher.h"
#include "engine/routing/process.h"

namespace yilian::routing {

class Replay {
 public:
  Replay(database::Database& database, Dispatcher& dispatcher) : database_(database), dispatcher_(dispatcher) {}
  ~Replay() { stop(); }

  struct Again {
    std::int64_t number = 0;  // of the new message in the journal
    std::string error;        // Issue::line() when it is parked or refused once more
    std::vector<std::string> destinations;
  };
  // `text`: instead of its bytes, in UTF-8 as people edit it (segments ended by any line end); it is written in the message's charset. Errors:
  // not_found (the message, or its feed), bad_value (the text cannot be written so), conflict (bytes that no feed took), storage, busy.
  // What was parked or refused and is stored now counts as replaced.
  Result<Again> once_more(const Directory& directory, std::int64_t number, const std::optional<std::string>& text = std::nullopt);

  // Many, in the background, in their order, one after another; without those that are replays themselves.
  struct Job {
    std::int64_t id = 0;
    std::int64_t wanted = 0, done = 0, failed = 0;  // failed: parked or refused again, or could not be read
    enum class State : std::uint8_t { running, done, cancelled, broken_off } state = State::running;
    std::string error;                              // why it was broken off
    Instant begun = 0;
  };
  // Errors: not_found (nothing fits), too_large (more than `kMostAtOnce`).
  static constexpr std::size_t kMostAtOnce = 1'000'000;
  Result<Job> begin(std::function<std::shared_ptr<const Directory>()> directory, const journal::Query& query);
  std::vector<Job> jobs() const;  // the newest hundred since the program began, newest first
  Result<void> cancel(std::int64_t id);
  void stop();

 private:
  void work(std::int64_t id, const std::vector<std::int64_t>& numbers, const std::function<std::shared_ptr<const Directory>()>& directory);

  database::Database& database_;
  Dispatcher& dispatcher_;
  mutable std::mutex mutex_;
  std::map<std::int64_t, Job> jobs_;
  std::thread thread_;    // of the one that runs, or ran last
  bool working_ = false;  // it has not done its last
  std::atomic<bool> stopping_{false};
};

}  // namespace yilian::routing
