#pragma once
// What is for one destination, as it waits: in order within a key, side by side across keys. Memory only, no threads; tested by itself.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

#include "engine/base/time.h"

namespace yilian::journal {
struct Delivery;
}

namespace yilian::routing {

// One message on its way to one destination.
struct Parcel {
  std::int64_t number = 0;  // of the message
  std::int64_t key = 0;
  std::uint8_t priority = 1;
  std::shared_ptr<const std::string> body{};            // its bytes, when they are in memory anyway
  std::shared_ptr<const journal::Delivery> so_far{};    // of former attempts
  Instant received = 0;                                 // when it came; 0: not known yet
};

// Its moments are of any clock, which is the caller's.
class Queue {
 public:
  static constexpr Instant kNever = INT64_MAX;

  // Among those of its key by its number; when it is the first of them, not before `not_before`.
  void add(Parcel parcel, Instant not_before = 0);
  // The first that may go: lowest priority number, then lowest message number. Its key is busy from then on. Of the key `own` too, which is
  // the caller's and busy: whoever has just sent its last message, and will write that down before this one is sent.
  std::optional<Parcel> take(Instant now, std::optional<std::int64_t> own = std::nullopt);
  // A parcel that was taken did not get through: it is the first of its key again, which waits. The key is no longer busy.
  void put_back(Parcel parcel, Instant not_before);
  // The key's next may go.
  void release(std::int64_t key);

  // When something may go that may not now, if nothing is added or released before; kNever: nothing will.
  Instant next_time() const { return resting_.empty() ? kNever : resting_.begin()->first; }
  bool ready() const { return !ready_.empty(); }
  std::size_t size() const { return size_; }
  // Takes one out that waits; what follows it in its key may go. False: it is not here.
  bool take_out(std::int64_t number, std::int64_t key);
  // One that is the first of its key and rests may go at once. False: it is not, or is not here.
  bool hurry(std::int64_t number, std::int64_t key);
  void clear();

 private:
  struct Lane {
    std::deque<Parcel> parcels;
    bool busy = false;
    Instant not_before = 0;  // of its first
  };
  using Place = std::tuple<std::uint8_t, std::int64_t, std::int64_t>;  // priority, number, key
  static Place place(const Lane& lane) { return {lane.parcels.front().priority, lane.parcels.front().number, lane.parcels.front().key}; }
  void line_up(std::int64_t key, Lane& lane);
  void take_off(std::int64_t key, const Lane& lane);
  void ripen(Instant now);

  std::unordered_map<std::int64_t, Lane> lanes_;
  std::set<Place> ready_;
  std::set<std::pair<Instant, std::int64_t>> resting_;  // when, key
  std::size_t size_ = 0;
};

// How far a destination has come in the outbox: all up to through() is settled, whatever the order in which it was.
class Progress {
 public:
  explicit Progress(std::int64_t through = 0) : looked_(through) {}
  void add(std::int64_t number);      // one that has no row yet; ascending
  void settle(std::int64_t number);   // it has one
  void looked(std::int64_t through);  // nothing else up to there is for this destination
  std::int64_t through() const { return open_.empty() ? looked_ : open_.front().first - 1; }

 private:
  std::deque<std::pair<std::int64_t, bool>> open_;  // number, settled
  std::int64_t looked_;
};

}  // namespace yilian::routing
