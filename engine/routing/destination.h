#pragma once
// A destination as a hospital's file describes it: where messages go, in which form, in which order, and what happens when they do not arrive.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sdk/adapter.h"
#include "engine/base/config.h"
#include "engine/base/time.h"
#include "engine/routing/form.h"

namespace yilian::routing {

// What stays in order on its way out.
enum class Order : std::uint8_t {
  patient,  // the messages of a patient, else of a feed
  feed,     // all of one feed
  all,      // all
};

struct Retry {
  Instant first = 1'000'000;     // the first pause; each one after is twice as long
  Instant most = 300'000'000;    // the longest
  std::int64_t attempts = 10;    // then it is a dead letter
  // The pause after so many attempts.
  Instant pause(std::int64_t attempts_made) const;
};

// Hours of the day at which something is sent, in the hospital's zone; "22:00-06:00" goes over midnight.
struct Hours {
  int from = 0, to = 0;  // minutes of the day; equal: always
  Zone zone = Zone::shanghai();
  // The next moment at or after `at` at which sending is allowed.
  Instant next(Instant at) const;
};

struct Destination {
  std::string hospital, name;      // "xinghe-first", "center-lis"
  std::string full_name;           // both, with a slash
  std::string adapter;             // "mllp"
  config::Node settings;           // the adapter's own
  std::int64_t connections = 4;    // of different keys at the same time
  Order order = Order::patient;
  Retry retry;
  double rate = 0;                 // messages a second; 0: as quick as it takes them
  Hours hours;
  Form form;
  std::string place;               // where it is written
  std::string key;                 // all settings as text: equal keys are the same destination before and after a reload
};

// Everything wrong with it goes to `issues`.
Destination read_destination(const config::Node& node, const std::string& hospital, const Zone& zone, std::vector<Issue>& issues);

}  // namespace yilian::routing
