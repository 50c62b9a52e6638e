#include "engine/routing/queue.h"

#include <algorithm>
#include <iterator>

namespace yilian::routing {

void Queue::line_up(std::int64_t key, Lane& lane) {
  if (lane.busy || lane.parcels.empty()) return;
  if (lane.not_before > 0) {
    resting_.emplace(lane.not_before, key);
  } else {
    ready_.insert(place(lane));
  }
}

void Queue::take_off(std::int64_t key, const Lane& lane) {
  if (lane.busy || lane.parcels.empty()) return;
  resting_.erase({lane.not_before, key});
  ready_.erase(place(lane));
}

void Queue::add(Parcel parcel, Instant not_before) {
  const std::int64_t key = parcel.key;
  Lane& lane = lanes_[key];
  take_off(key, lane);
  // Nearly always behind all others.
  auto at = lane.parcels.end();
  while (at != lane.parcels.begin() && std::prev(at)->number > parcel.number) --at;
  if (at == lane.parcels.begin()) lane.not_before = not_before;
  lane.parcels.insert(at, std::move(parcel));
  ++size_;
  line_up(key, lane);
}

void Queue::ripen(Instant now) {
  while (!resting_.empty() && resting_.begin()->first <= now) {
    const std::int64_t key = resting_.begin()->second;
    resting_.erase(resting_.begin());
    Lane& lane = lanes_[key];
    lane.not_before = 0;
    line_up(key, lane);
  }
}

std::optional<Parcel> Queue::take(Instant now, std::optional<std::int64_t> own) {
  ripen(now);
  Lane* chosen = nullptr;
  if (own) {
    const auto found = lanes_.find(*own);
    if (found != lanes_.end() && !found->second.parcels.empty() && found->second.not_before <= now) chosen = &found->second;
  }
  if (!ready_.empty() && (chosen == nullptr || *ready_.begin() < place(*chosen))) {
    chosen = &lanes_[std::get<2>(*ready_.begin())];
    ready_.erase(ready_.begin());
  }
  if (chosen == nullptr) return std::nullopt;
  chosen->busy = true;
  chosen->not_before = 0;
  Parcel parcel = std::move(chosen->parcels.front());
  chosen->parcels.pop_front();
  --size_;
  return parcel;
}

void Queue::put_back(Parcel parcel, Instant not_before) {
  const std::int64_t key = parcel.key;
  Lane& lane = lanes_[key];
  lane.parcels.push_front(std::move(parcel));
  ++size_;
  lane.busy = false;
  lane.not_before = not_before;
  line_up(key, lane);
}

void Queue::release(std::int64_t key) {
  const auto found = lanes_.find(key);
  if (found == lanes_.end()) return;
  if (found->second.parcels.empty()) {
    lanes_.erase(found);
    return;
  }
  found->second.busy = false;
  line_up(key, found->second);
}

bool Queue::take_out(std::int64_t number, std::int64_t key) {
  const auto found = lanes_.find(key);
  if (found == lanes_.end()) return false;
  Lane& lane = found->second;
  const auto at = std::find_if(lane.parcels.begin(), lane.parcels.end(), [&](const Parcel& each) { return each.number == number; });
  if (at == lane.parcels.end()) return false;
  take_off(key, lane);
  if (at == lane.parcels.begin()) lane.not_before = 0;
  lane.parcels.erase(at);
  --size_;
  if (lane.parcels.empty() && !lane.busy) {
    lanes_.erase(found);
  } else {
    line_up(key, lane);
  }
  return true;
}

bool Queue::hurry(std::int64_t number, std::int64_t key) {
  const auto found = lanes_.find(key);
  if (found == lanes_.end() || found->second.busy) return false;
  Lane& lane = found->second;
  if (lane.parcels.empty() || lane.parcels.front().number != number) return false;
  take_off(key, lane);
  lane.not_before = 0;
  line_up(key, lane);
  return true;
}

void Queue::clear() {
  lanes_.clear();
  ready_.clear();
  resting_.clear();
  size_ = 0;
}

void Progress::add(std::int64_t number) {
  open_.emplace_back(number, false);
  looked_ = std::max(looked_, number);
}

void Progress::settle(std::int64_t number) {
  const auto found = std::lower_bound(open_.begin(), open_.end(), number, [](const auto& each, std::int64_t wanted) { return each.first < wanted; });
  if (found == open_.end() || found->first != number || found->second) return;
  found->second = true;
  while (!open_.empty() && open_.front().second) open_.pop_front();
}

void Progress::looked(std::int64_t through) { looked_ = std::max(looked_, through); }

}  // namespace yilian::routing
