#include "engine/journal/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/journal/fixture.h"

namespace yilian::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeliveryTest : public JournalFixture {
 protected:
  void SetUp() override {
    JournalFixture::SetUp();
    write([&](database::Connection& writer) {
      a_ = destination_number(writer, "first", "a");
      b_ = destination_number(writer, "first", "b");
    });
  }
  std::int64_t message(std::vector<Target> targets) {
    std::int64_t number = 0;
    write([&](database::Connection& writer) {
      Entry entry;
      entry.received = 1'700'000'000'000'000 + ++received_;
      entry.hospital = "first";
      entry.feed = "lis";
      entry.raw = "MSH|" + std::to_string(received_);
      number = append(writer, prepare(std::move(entry)));
      enqueue(writer, number, targets);
    });
    return number;
  }
  void end(std::int64_t number, std::int64_t destination, Fate fate, Fate before = Fate::queued) {
    write([&](database::Connection& writer) {
      Delivery delivery;
      delivery.number = number;
      delivery.destination = destination;
      delivery.key = 7;
      delivery.fate = fate;
      delivery.attempts = 1;
      delivery.answer = "MSA|AA";
      record(writer, delivery, before);
    });
  }
  std::vector<std::int64_t> waiting_numbers(std::int64_t destination, std::int64_t after = 0) {
    std::vector<std::int64_t> out;
    for (const auto& [number, target] : read([&](database::Connection& reader) { return waiting(reader, destination, after, 1000); }).found) out.push_back(number);
    return out;
  }
  std::array<std::int64_t, 5> counts(std::int64_t destination) {
    for (const DeliveryCount& each : read([](database::Connection& reader) { return delivery_counts(reader); })) {
      if (each.destination == destination) return each.by_fate;
    }
    return {};
  }

  std::int64_t a_ = 0, b_ = 0, received_ = 0;
};

TEST_F(DeliveryTest, ADestinationKeepsItsNumber) {
  EXPECT_NE(a_, b_);
  write([&](database::Connection& writer) { EXPECT_EQ(destination_number(writer, "first", "a"), a_); });
}

TEST_F(DeliveryTest, WhatIsForADestinationIsFoundInOrderUntilItHasARow) {
  const auto one = message({{a_, 7, 1}, {b_, -8, 0}});
  message({});
  const auto three = message({{a_, 9, 2}});
  EXPECT_THAT(waiting_numbers(a_), ElementsAre(one, three));
  EXPECT_THAT(waiting_numbers(b_), ElementsAre(one));
  const Target target = read([&](database::Connection& reader) { return waiting(reader, b_, 0, 10); }).found.at(0).second;
  EXPECT_EQ(target.key, -8);
  EXPECT_EQ(target.priority, 0);
  end(one, a_, Fate::delivered);
  EXPECT_THAT(waiting_numbers(a_), ElementsAre(three));
  EXPECT_THAT(waiting_numbers(a_, three), IsEmpty());
}

TEST_F(DeliveryTest, SomeAtATimeUntilTheEnd) {
  for (int i = 0; i < 5; ++i) message({{i % 2 == 0 ? a_ : b_, 7, 1}});
  const Waiting some = read([&](database::Connection& reader) { return waiting(reader, a_, 0, 2); });
  EXPECT_EQ(some.found.size(), 1u);
  EXPECT_FALSE(some.whole);
  const Waiting rest = read([&](database::Connection& reader) { return waiting(reader, a_, some.through, 3); });
  EXPECT_EQ(rest.found.size(), 2u);
  EXPECT_TRUE(rest.whole);
}

TEST_F(DeliveryTest, CountsFollowWhatBecomesOfThem) {
  const auto one = message({{a_, 7, 1}, {b_, 7, 1}}), two = message({{a_, 7, 1}});
  EXPECT_THAT(counts(a_), ElementsAre(2, 0, 0, 0, 0));
  end(one, a_, Fate::retrying);
  end(two, a_, Fate::delivered);
  EXPECT_THAT(counts(a_), ElementsAre(0, 1, 1, 0, 0));
  end(one, a_, Fate::dead, Fate::retrying);
  EXPECT_THAT(counts(a_), ElementsAre(0, 1, 0, 1, 0));
  EXPECT_THAT(counts(b_), ElementsAre(1, 0, 0, 0, 0));
}

TEST_F(DeliveryTest, OneMessagesDeliveriesWithThoseThatWait) {
  const auto one = message({{a_, 7, 1}, {b_, 7, 1}});
  end(one, b_, Fate::dead);
  const auto all = read([&](database::Connection& reader) { return deliveries_of(reader, one); });
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].fate, Fate::queued);
  EXPECT_EQ(all[1].fate, Fate::dead);
  EXPECT_EQ(all[1].answer, "MSA|AA");
  EXPECT_FALSE(read([&](database::Connection& reader) { return delivery(reader, one, 99); }));
  EXPECT_THAT(read([&](database::Connection& reader) { return dead_letters(reader, b_, 0, 10); }), ElementsAre(one));
  EXPECT_THAT(read([&](database::Connection& reader) { return dead_letters(reader, b_, one, 10); }), IsEmpty());
}

TEST_F(DeliveryTest, FoundByWhatBecameOfThem) {
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < 4; ++i) numbers.push_back(message({{a_, 7, 1}, {b_, 7, 1}}));
  end(numbers[0], a_, Fate::dead);
  end(numbers[1], b_, Fate::dead);
  end(numbers[2], a_, Fate::delivered);
  end(numbers[3], a_, Fate::retrying);
  const auto found = [&](const DeliveryQuery& query) {
    std::vector<std::int64_t> out;
    for (const Delivery& each : read([&](database::Connection& reader) { return deliveries(reader, query); })) out.push_back(each.number);
    return out;
  };
  EXPECT_THAT(found({.fate = Fate::dead}), ElementsAre(numbers[1], numbers[0]));
  EXPECT_THAT(found({.destination = a_, .fate = Fate::dead}), ElementsAre(numbers[0]));
  EXPECT_THAT(found({.destination = a_}), ElementsAre(numbers[3], numbers[2], numbers[0]));
  EXPECT_THAT(found({.destination = a_, .before = numbers[3], .count = 1}), ElementsAre(numbers[2]));
  EXPECT_THAT(found({.fate = Fate::delivered}), ElementsAre(numbers[2]));
}

TEST_F(DeliveryTest, MarksCursorAndPauseAreKept) {
  const auto one = message({{a_, 7, 1}}), two = message({{a_, 7, 1}});
  write([&](database::Connection& writer) {
    mark(writer, a_, 0, one);
    mark(writer, a_, 1, one);
    mark(writer, a_, 1, two);
    mark(writer, b_, 0, 0);
    advance(writer, a_, one);
    pause(writer, b_, true);
  });
  const auto marked = read([&](database::Connection& reader) { return marks(reader, a_); });
  ASSERT_EQ(marked.size(), 2u);
  EXPECT_EQ(marked[1].number, two);
  EXPECT_THAT(read([&](database::Connection& reader) { return marks(reader, b_); }), IsEmpty());
  const auto stored = read([](database::Connection& reader) { return places(reader); });
  EXPECT_EQ(stored[0].cursor, one);
  EXPECT_FALSE(stored[0].paused);
  EXPECT_TRUE(stored[1].paused);
}

TEST_F(DeliveryTest, TheOldestThatHasNotArrived) {
  const auto oldest = [&] { return read([&](database::Connection& reader) { return oldest_undelivered(reader, a_); }); };
  EXPECT_FALSE(oldest());
  const auto one = message({{a_, 7, 1}}), two = message({{a_, 7, 1}});
  EXPECT_EQ(oldest()->number, one);
  EXPECT_EQ(oldest()->received, 1'700'000'000'000'001);
  end(one, a_, Fate::dead);
  EXPECT_EQ(oldest()->number, two);
  write([&](database::Connection& writer) { advance(writer, a_, two); });
  end(two, a_, Fate::retrying);
  EXPECT_EQ(oldest()->number, two);
  end(two, a_, Fate::delivered, Fate::retrying);
  EXPECT_FALSE(oldest());
}

TEST_F(DeliveryTest, WhatANewDestinationMissesIsNotSentToIt) {
  message({{a_, 7, 1}});
  std::int64_t c = 0;
  write([&](database::Connection& writer) { c = destination_number(writer, "first", "c"); });
  const auto stored = read([](database::Connection& reader) { return places(reader); });
  EXPECT_EQ(stored.back().cursor, 1);
}

TEST_F(DeliveryTest, TheOutboxIsTrimmedUpToWhoIsFarthestBehind) {
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < 6; ++i) numbers.push_back(message({{a_, 7, 1}, {b_, 7, 1}}));
  for (int i = 0; i < 4; ++i) end(numbers[static_cast<std::size_t>(i)], a_, Fate::delivered);
  for (const std::int64_t number : numbers) end(number, b_, Fate::delivered);
  write([&](database::Connection& writer) { advance(writer, a_, numbers[3]); });
  bool more = true;
  for (int rounds = 0; more && rounds < 10; ++rounds) {
    write([&](database::Connection& writer) { more = trim_outbox(writer, 3); });
  }
  EXPECT_FALSE(more);
  EXPECT_THAT(read([&](database::Connection& reader) { return targets_of(reader, numbers[3]); }), IsEmpty());
  EXPECT_THAT(waiting_numbers(a_), ElementsAre(numbers[4], numbers[5]));
}

}  // namespace
}  // namespace yilian::journal
