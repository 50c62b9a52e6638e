#pragma once
// All destinations at work: what messages are for them, from the transaction of the message on.

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/net/worker_pool.h"
#include "engine/routing/outlet.h"
#include "engine/routing/patience.h"

namespace yilian::routing {

class Dispatcher {
 public:
  explicit Dispatcher(database::Database& database);
  ~Dispatcher();

  Result<void> start(std::shared_ptr<const Directory> directory);
  // Destinations whose settings are the same go on, with all their connections. What cannot be opened is told; the rest runs on.
  std::vector<Issue> reload(std::shared_ptr<const Directory> directory);
  void stop(std::chrono::milliseconds deadline);

  // A message's ways out, as its transaction writes them.
  using Ways = std::vector<journal::Target>;
  Ways ways(const std::vector<Addressed>& addressed, std::int64_t patient_key, std::int64_t feed_key) const;
  // The message is on disk. In the order of commits, on the writer's thread: quick. `raw`: copied, as far as there is room for it.
  void committed(std::int64_t message, const Ways& ways, std::string_view raw);
  // Calls `done` once: when all of them have ended, or the time is over. Before committed().
  void watch(std::int64_t message, const Ways& ways, Instant within, Patience::Done done) { patience_.watch(message, ways, within, std::move(done)); }
  // The same for a message of before: what has ended already is told as it is stored.
  void watch_again(std::int64_t message, Instant within, Patience::Done done);

  std::int64_t number_of(const std::string& full_name) const;  // 0: not known
  std::string name_of(std::int64_t number) const;

  struct Status {
    Outlet::Status outlet;        // what it says of itself; of a destination that is no longer configured only its name
    bool configured = true;
    std::array<std::int64_t, 5> by_fate{};  // journal::Fate
    std::int64_t oldest_message = 0;
    Instant oldest_received = 0;  // of those that are queued or wait for another attempt
  };
  Result<std::vector<Status>> status() const;

  // What people do. `name`: "hospital/name". Errors: not_found; conflict where the delivery is not in the state for it; storage, busy.
  Result<void> pause(const std::string& name, bool paused);
  // A dead letter, or one that waits, is tried at once. All dead letters of a destination: how many.
  Result<void> try_again(const std::string& name, std::int64_t message);
  Result<std::int64_t> try_all_again(const std::string& name);
  Result<void> drop(const std::string& name, std::int64_t message);

 private:
  Result<void> enroll(const Directory& directory);
  Result<std::shared_ptr<Outlet>> outlet(const std::string& name) const;

  database::Database& database_;
  bool alone_ = true;  // no other daemon writes to this database: it is a file
  Patience patience_;
  net::WorkerPool reading_{1, 1024};
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t> numbers_;  // of all that were ever configured
  struct Open {
    std::shared_ptr<Outlet> outlet;
    std::string key;  // of its settings
  };
  std::map<std::string, Open> open_;
  std::map<std::int64_t, std::shared_ptr<Outlet>> by_number_;
  std::shared_ptr<std::atomic<std::size_t>> kept_bytes_;
};

}  // namespace yilian::routing
