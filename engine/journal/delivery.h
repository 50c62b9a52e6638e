#pragma once
// What goes out: which messages are for which destinations (the outbox, written in the message's own transaction), and what became of each.
//
// A destination is a cursor over the outbox with sparse exceptions: what is for it up to the cursor has a row of its own in `delivery`, final or to be
// tried again; what comes after has one only where it was overtaken. Before anything is sent a mark says who sends what.

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/database/database.h"

namespace yilian::journal {

enum class Fate : std::uint8_t {
  queued = 0,     // not tried yet
  delivered = 1,  // the other side has said so
  retrying = 2,   // tried, to be tried again
  dead = 3,       // given up: a dead letter, until somebody takes it up again
  dropped = 4,    // given up by somebody's word
};

std::string_view name(Fate fate);  // "retrying"
std::optional<Fate> fate_named(std::string_view text);

// A message's way out. Those with the same key reach the destination in the order of their numbers.
struct Target {
  std::int64_t destination;
  std::int64_t key;
  std::uint8_t priority;  // 0 goes first, then 1, 2
};

// What became of one delivery so far.
struct Delivery {
  std::int64_t number = 0, destination = 0, key = 0;
  std::uint8_t priority = 1;
  Fate fate = Fate::queued;
  std::int64_t attempts = 0;
  std::int64_t doubts = 0;  // attempts of which nobody knows whether they arrived
  Instant first = 0, last = 0;  // when it was sent, the first and the last time
  std::int64_t took = 0;        // microseconds, of the last time, to the answer
  Instant next = 0;             // when it will be tried again
  std::string error;            // Issue::line() of the last attempt that failed
  std::string answer;           // the other side's last bytes
};

// Inside a database task, as all that takes a `writer`; throws StorageError.
// The number under which a destination is known for ever; made when there is none yet.
std::int64_t destination_number(database::Connection& writer, std::string_view hospital, std::string_view name);

// Writes the message's outbox row. `targets`: at most one for each destination; none: nothing is written.
void enqueue(database::Connection& writer, std::int64_t number, std::span<const Target> targets);

// Writes how far a delivery is. `before`: what it was until now.
void record(database::Connection& writer, const Delivery& delivery, Fate before);

// Line `line` of a destination is about to send message `number`; 0: it sends nothing. Kept to the end of the batch, as is the cursor.
void mark(database::Connection& writer, std::int64_t destination, std::int64_t line, std::int64_t number);
// All that is for the destination up to `through` has a row.
void advance(database::Connection& writer, std::int64_t destination, std::int64_t through);

// A destination as it is stored.
struct Place {
  std::int64_t number = 0;
  std::string hospital, name;
  std::int64_t cursor = 0;
  bool paused = false;
};
std::vector<Place> places(database::Connection& reader);
std::int64_t cursor(database::Connection& reader, std::int64_t destination);  // 0: there is no such destination
void pause(database::Connection& writer, std::int64_t destination, bool paused);

// Messages whose sending had begun and is not known to have ended: by line.
struct Mark {
  std::int64_t line, number;
};
std::vector<Mark> marks(database::Connection& reader, std::int64_t destination);

// The outbox for one destination, after message `after`, without what has a row; at most `most` rows are looked at.
struct Waiting {
  std::vector<std::pair<std::int64_t, Target>> found;  // message number, in order
  std::int64_t through = 0;  // up to here it was looked at
  bool whole = true;         // nothing comes after
};
Waiting waiting(database::Connection& reader, std::int64_t destination, std::int64_t after, std::size_t most);

// Of a message whose outbox row is still there.
std::vector<Target> targets_of(database::Connection& reader, std::int64_t number);

// What is to be tried again, by number.
std::vector<Delivery> retrying(database::Connection& reader, std::int64_t destination);

// Messages that are dead letters there, after message `after`, in order.
std::vector<std::int64_t> dead_letters(database::Connection& reader, std::int64_t destination, std::int64_t after, std::size_t most);

struct DeliveryQuery {
  std::optional<std::int64_t> destination{};
  std::optional<Fate> fate{};  // not queued
  std::int64_t before = 0;     // message number; 0: from the newest
  std::size_t count = 50;      // at most 1000
};
// Rows only: without what is queued. Newest first.
std::vector<Delivery> deliveries(database::Connection& reader, const DeliveryQuery& query);
// All of one message, queued ones too.
std::vector<Delivery> deliveries_of(database::Connection& reader, std::int64_t number);
// Errors: not_found.
Result<Delivery> delivery(database::Connection& reader, std::int64_t number, std::int64_t destination);

// How many are in each fate, by destination; kept as they come.
struct DeliveryCount {
  std::int64_t destination;
  std::array<std::int64_t, 5> by_fate{};  // index: Fate
};
std::vector<DeliveryCount> delivery_counts(database::Connection& reader);
// The oldest message that is queued or retrying, with when it was received; nothing when none is.
struct Oldest {
  std::int64_t number;
  Instant received;
};
std::optional<Oldest> oldest_undelivered(database::Connection& reader, std::int64_t destination);

// Outbox rows that no destination's cursor needs any more are removed, at most so many at once; whether there were more.
bool trim_outbox(database::Connection& writer, std::size_t most);
// The same as the schema's upkeep.
bool keep_outbox(database::Database& database, bool at_rest, const std::atomic<bool>& closing);

}  // namespace yilian::journal
