#include "engine/routing/tally.h"

namespace yilian::routing {

std::shared_ptr<FeedTally> Tally::of(const std::string& feed) const {
  const std::lock_guard lock(mutex_);
  auto& slot = feeds_[feed];
  if (!slot) slot = std::make_shared<FeedTally>();
  return slot;
}

std::vector<std::pair<std::string, std::shared_ptr<FeedTally>>> Tally::all() const {
  const std::lock_guard lock(mutex_);
  return {feeds_.begin(), feeds_.end()};
}

}  // namespace yilian::routing
