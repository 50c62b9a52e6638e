#pragma once
// What came by each feed since this process began: for /metrics, and for people who ask whether a sender is still there.

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/histogram.h"
#include "engine/base/issue.h"
#include "engine/base/time.h"

namespace yilian::routing {

// Any thread.
struct FeedTally {
  std::atomic<Instant> last{0};  // when its newest message came; 0: none yet
  std::atomic<std::uint64_t> stored{0}, duplicate{0}, not_kept{0};
  std::atomic<std::uint64_t> turned_away{0};  // while it was stopped
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Code::internal) + 1> failed{};  // parked or refused, by Code
  std::atomic<Instant> told{0};  // when the log last heard of a message that failed
  Histogram answered;  // from the whole message to its answer

  void fail(Code cause) { ++failed[static_cast<std::size_t>(cause)]; }
};

class Tally {
 public:
  // Of "hospital/feed"; empty: of senders that nobody knows, and of what is no message. The same one as long as this lives.
  std::shared_ptr<FeedTally> of(const std::string& feed) const;
  std::vector<std::pair<std::string, std::shared_ptr<FeedTally>>> all() const;

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<FeedTally>> feeds_;
};

}  // namespace yilian::routing
