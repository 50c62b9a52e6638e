#pragma once
// One source's way in. Takes what the adapter brings, finds the feed by its sender, processes, commits, hands it to its destinations, and hands back the
// answers.

#include <atomic>
#include <memory>
#include <mutex>

#include "adapters/sdk/adapter.h"
#include "engine/database/database.h"
#include "engine/net/worker_pool.h"
#include "engine/routing/dispatcher.h"
#include "engine/routing/process.h"
#include "engine/routing/stops.h"
#include "engine/routing/tally.h"

namespace yilian::routing {

// Since the start of this process, for /metrics.
struct Counters {
  std::atomic<std::uint64_t> stored{0}, duplicate{0}, parked_or_refused{0}, noise{0}, not_kept{0};
  std::atomic<std::uint64_t> turned_away{0};    // by a feed that somebody has stopped: kept nowhere, and the sender knows
  std::atomic<std::uint64_t> microseconds{0};  // from a whole message to its answer, summed over all messages
};

class Door : public sdk::Intake, public std::enable_shared_from_this<Door> {
 public:
  Door(database::Database& database, Dispatcher& dispatcher, Tally& tally, net::WorkerPool& large_messages)
      : database_(database), dispatcher_(dispatcher), tally_(tally), large_messages_(large_messages) {}

  // What the door leads to; again at each reload, and when a feed is stopped or started. The directory lives as long as a message of it is under way.
  void lead_to(std::shared_ptr<const Entrance> entrance, const Stops& stops);

  void take(sdk::Incoming incoming, std::function<void(sdk::Answer)> done) override;
  void noise(sdk::Noise noise, std::function<void(sdk::Answer)> done) override;

  const Counters& counters() const { return counters_; }
  std::shared_ptr<const Entrance> entrance() const;

 private:
  struct Way;
  struct Visit;
  struct Item;
  void enter(const std::shared_ptr<Visit>& visit);
  void commit(const std::shared_ptr<Item>& item);
  void finish(const std::shared_ptr<Item>& item, const Result<void>& committed);
  bool waits_for_deliveries(const std::shared_ptr<Item>& item);
  void wait_for_deliveries(const std::shared_ptr<Item>& item, Patience::Done ended);
  void answer_after_delivery(Item& item, const Patience::Outcome& outcome) const;
  void tell(const Item& item) const;
  void turn_away(Item& item);
  void end(const std::shared_ptr<Item>& item);
  std::shared_ptr<const Way> way() const;

  database::Database& database_;
  Dispatcher& dispatcher_;
  Tally& tally_;
  net::WorkerPool& large_messages_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Way> way_;
  Counters counters_;
};

}  // namespace yilian::routing
