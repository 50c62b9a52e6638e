#pragma once
// One attempt at one delivery: what is sent, what the other side says, and what follows from that. No threads, no database.

#include <string>
#include <vector>

#include "adapters/sdk/adapter.h"
#include "engine/journal/delivery.h"
#include "engine/routing/destination.h"
#include "engine/routing/queue.h"

namespace yilian::routing {

struct Attempt {
  Parcel parcel;
  journal::Delivery delivery;  // as it is to be written
  journal::Fate before;        // as it is written until now
  sdk::Delivery::Outcome outcome = sdk::Delivery::Outcome::unreached;
  Instant not_before = 0;      // of steady_now(), where it is tried again

  // Something is to be written: not where nothing has left.
  bool records() const { return outcome != sdk::Delivery::Outcome::unreached; }
  // It is not tried again.
  bool over() const { return records() && delivery.fate != journal::Fate::retrying; }
  // The other side has said something about it.
  bool answered() const { return outcome == sdk::Delivery::Outcome::delivered || outcome == sdk::Delivery::Outcome::refused; }
};

// Sends it. `in_doubt`: its sending had begun when the program ended.
Attempt attempt(Parcel parcel, std::int64_t destination, sdk::Destination& peer, const std::vector<std::string>& bodies, const Retry& retry, bool in_doubt);
// What cannot be made from the message, or is nothing for this destination, is over without being sent.
Attempt not_sent(Parcel parcel, std::int64_t destination, const Result<std::vector<std::string>>& bodies);

}  // namespace yilian::routing
