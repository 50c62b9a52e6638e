#pragma once
// One destination at work: its queue, and the lines (one thread, one connection each) that empty it.
//
// What a line does for each message is one commit and one send: the commit says what became of the message before and that this one is about to be sent.
// So after a crash one delivery a line is in doubt, and it is the next that is sent, with the same bytes.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "adapters/sdk/adapter.h"
#include "engine/base/histogram.h"
#include "engine/database/database.h"
#include "engine/journal/delivery.h"
#include "engine/routing/attempt.h"
#include "engine/routing/directory.h"
#include "engine/routing/pace.h"
#include "engine/routing/queue.h"

namespace yilian::routing {

class Outlet {
 public:
  // `number`: of journal::destination_number. `alone`: no other daemon writes to this database.
  Outlet(database::Database& database, std::int64_t number, bool alone);
  ~Outlet();

  // Reads what is left from before, and begins. `destination` belongs to `directory`.
  Result<void> start(std::shared_ptr<const Directory> directory, const Destination& destination, bool paused);
  // Other settings, nothing of which changes how it sends: the connections stay.
  void lead_to(std::shared_ptr<const Directory> directory, const Destination& destination);
  // Lets what is being sent be answered, up to the deadline.
  void stop(std::chrono::milliseconds deadline);

  // A message for it has been committed. In the order of commits, on the writer's thread: quick.
  void offer(std::int64_t message, const journal::Target& target, std::shared_ptr<const std::string> body);
  // There may be messages for it that it was not offered.
  void look();
  void pause(bool paused);
  // What was a dead letter goes again.
  void again(const journal::Delivery& delivery);
  // What waits for its next attempt goes at once. False: it does not wait.
  bool hurry(std::int64_t message, std::int64_t key);
  // It is taken out of the queue; false: it is not in it, or is being sent.
  bool take_out(std::int64_t message, std::int64_t key);

  // Told of each delivery that has ended (delivered, dead, dropped) after it is on disk; on a line's thread.
  using Ended = std::function<void(const journal::Delivery&)>;
  void on_ended(Ended ended) { ended_ = std::move(ended); }

  struct Status {
    std::string destination, adapter, to;
    enum class State : std::uint8_t { idle, sending, down, paused, outside_hours, waiting } state = State::idle;
    Instant since = 0;         // down
    Instant next = 0;          // when it will be tried again, or its hours begin
    std::string error;         // of the last attempt that failed, while it is down or waits
    std::size_t lines = 0;     // connections in use
    std::uint64_t sent = 0, refused = 0, doubtful = 0, microseconds = 0;  // since the start
    Histogram::Snapshot delays;  // the same: from when a message came to when it was delivered
  };
  Status status() const;
  const std::string& name() const { return name_; }
  std::int64_t number() const { return number_; }

 private:
  struct Line;
  void work(std::int64_t line);
  std::optional<Parcel> next(std::unique_lock<std::mutex>& lock, std::optional<std::int64_t> own, bool wait);
  Result<void> load(std::unique_lock<std::mutex>& lock);
  void stand(std::unique_lock<std::mutex>& lock);
  bool wants_more() const;
  void fill(std::unique_lock<std::mutex>& lock);
  Result<std::vector<std::string>> bodies_of(Parcel& parcel) const;
  sdk::Destination* peer_of(std::int64_t line, Result<std::vector<std::string>>& bodies);
  bool put_down(std::int64_t line, const Attempt* former, std::int64_t next_message);
  void conclude(Attempt sent, bool keeps_key);
  void note(const Attempt& last);
  void want_line();

  database::Database& database_;
  const std::int64_t number_;
  const bool alone_;
  std::string name_;
  Ended ended_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const Directory> directory_;
  const Destination* destination_ = nullptr;
  Queue queue_;
  Progress progress_;
  std::set<std::int64_t> in_doubt_;   // messages whose sending had begun when the program ended
  std::int64_t read_through_ = 0;     // up to here the outbox is in the queue
  std::int64_t last_offered_ = 0;
  std::int64_t written_through_ = 0;  // the cursor as it is stored
  bool caught_up_ = false, filling_ = false, paused_ = false, stopping_ = false;
  bool standing_ = false;             // what is in memory is what is stored; false: another daemon may have gone on
  std::uint64_t looks_ = 0;           // counts look()
  std::uint64_t round_ = 0;           // counts how often it began to stand
  Pace pace_;
  std::size_t idle_ = 0, sending_ = 0;
  std::uint64_t sent_ = 0, refused_ = 0, doubtful_ = 0, microseconds_ = 0;
  std::vector<std::unique_ptr<Line>> lines_;
  Histogram delays_;
};

}  // namespace yilian::routing
