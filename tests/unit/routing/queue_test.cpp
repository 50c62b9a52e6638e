#include "engine/routing/queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/journal/delivery.h"

namespace yilian::routing {
namespace {

std::int64_t number_of(const std::optional<Parcel>& parcel) { return parcel ? parcel->number : 0; }

TEST(Queue, InOrderWithinAKeyAndBesideAcrossKeys) {
  Queue queue;
  queue.add({1, 7});
  queue.add({2, 7});
  queue.add({3, 8});
  EXPECT_EQ(number_of(queue.take(0)), 1);
  EXPECT_EQ(number_of(queue.take(0)), 3);
  EXPECT_FALSE(queue.take(0));
  queue.release(7);
  EXPECT_EQ(number_of(queue.take(0)), 2);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(Queue, WhoHasSentAKeysLastMayTakeItsNext) {
  Queue queue;
  for (std::int64_t number = 1; number <= 3; ++number) queue.add({number, 7});
  EXPECT_EQ(number_of(queue.take(0)), 1);
  EXPECT_FALSE(queue.take(0, 8));
  EXPECT_EQ(number_of(queue.take(0, 7)), 2);
  EXPECT_FALSE(queue.take(0));
}

TEST(Queue, UrgentOnesGoFirst) {
  Queue queue;
  queue.add({1, 1, 2});
  queue.add({2, 2, 1});
  queue.add({3, 3, 0});
  queue.add({4, 4, 1});
  for (const std::int64_t wanted : {3, 2, 4, 1}) EXPECT_EQ(number_of(queue.take(0)), wanted);
}

TEST(Queue, WhatFailedWaitsAndItsKeyWithIt) {
  Queue queue;
  queue.add({1, 7});
  queue.add({2, 7});
  queue.add({3, 8});
  queue.put_back(*queue.take(0), 100);
  EXPECT_EQ(queue.next_time(), 100);
  EXPECT_EQ(number_of(queue.take(50)), 3);
  EXPECT_FALSE(queue.take(99));
  EXPECT_EQ(number_of(queue.take(100)), 1);
  EXPECT_EQ(queue.next_time(), Queue::kNever);
  queue.release(7);
  EXPECT_EQ(number_of(queue.take(100)), 2);
}

TEST(Queue, OneThatWaitsIsHurriedOrTakenOut) {
  Queue queue;
  queue.add({1, 7}, 100);
  queue.add({2, 7});
  queue.add({3, 8}, 100);
  EXPECT_FALSE(queue.hurry(2, 7));
  EXPECT_TRUE(queue.hurry(3, 8));
  EXPECT_EQ(number_of(queue.take(0)), 3);
  EXPECT_TRUE(queue.take_out(1, 7));
  EXPECT_FALSE(queue.take_out(1, 7));
  EXPECT_EQ(number_of(queue.take(0)), 2);
  EXPECT_FALSE(queue.take_out(2, 7));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(Queue, WhatIsTakenUpAgainComesBeforeWhatIsYounger) {
  Queue queue;
  queue.add({5, 7});
  queue.add({2, 7});
  queue.add({3, 7});
  for (const std::int64_t wanted : {2, 3, 5}) {
    EXPECT_EQ(number_of(queue.take(0)), wanted);
    queue.release(7);
  }
}

// Lines that take, succeed, fail, and are slower or quicker: a key's messages end in their order, none is lost, none is taken twice.
TEST(Queue, HoldsUnderAnything) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned most) { return random() % most; };
    Queue queue;
    std::vector<Parcel> under_way;
    std::map<std::int64_t, std::vector<std::int64_t>> ended;
    std::int64_t number = 0;
    Instant now = 1;
    while (number < 400 || queue.size() > 0 || !under_way.empty()) {
      now += below(3);
      if (number < 400 && below(2) == 0) queue.add({++number, static_cast<std::int64_t>(below(9)), static_cast<std::uint8_t>(below(3))});
      if (under_way.size() < 4) {
        if (auto parcel = queue.take(now)) under_way.push_back(std::move(*parcel));
      }
      if (!under_way.empty() && below(2) == 0) {
        const auto at = under_way.begin() + below(static_cast<unsigned>(under_way.size()));
        Parcel parcel = std::move(*at);
        under_way.erase(at);
        if (below(3) == 0) {
          queue.put_back(std::move(parcel), now + below(20));
        } else {
          ended[parcel.key].push_back(parcel.number);
          queue.release(parcel.key);
        }
      }
      for (std::size_t a = 0; a < under_way.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) ASSERT_NE(under_way[a].key, under_way[b].key);
      }
    }
    std::size_t all = 0;
    for (const auto& [key, numbers] : ended) {
      EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << "seed " << seed;
      all += numbers.size();
    }
    EXPECT_EQ(all, 400u);
  }
}

TEST(Progress, GoesAsFarAsAllIsSettled) {
  Progress progress(10);
  EXPECT_EQ(progress.through(), 10);
  for (const std::int64_t number : {11, 14, 15, 20}) progress.add(number);
  EXPECT_EQ(progress.through(), 10);
  progress.settle(14);
  progress.settle(14);
  EXPECT_EQ(progress.through(), 10);
  progress.settle(11);
  EXPECT_EQ(progress.through(), 14);
  progress.settle(20);
  progress.settle(99);
  EXPECT_EQ(progress.through(), 14);
  progress.settle(15);
  EXPECT_EQ(progress.through(), 20);
  progress.looked(30);
  EXPECT_EQ(progress.through(), 30);
}

}  // namespace
}  // namespace yilian::routing
