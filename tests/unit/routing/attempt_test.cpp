#include "engine/routing/attempt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/steady.h"

namespace yilian::routing {
namespace {

using journal::Fate;
using Outcome = sdk::Delivery::Outcome;
using ::testing::ElementsAre;

// Says the same to each message.
class Peer final : public sdk::Destination {
 public:
  explicit Peer(sdk::Delivery says) : says_(std::move(says)) {}
  sdk::Delivery send(const sdk::Outgoing& outgoing) override {
    taken.emplace_back(outgoing.body);
    return says_;
  }
  std::vector<std::string> taken;

 private:
  sdk::Delivery says_;
};

const Issue kIssue{Code::bad_value, Severity::error, "there", "no bed", {}};
const Retry kRetry{1'000'000, 10'000'000, 3};

Attempt tried(sdk::Delivery says, std::int64_t attempts = 0, bool in_doubt = false) {
  Peer peer(std::move(says));
  Parcel parcel{5, 7};
  if (attempts > 0) {
    journal::Delivery so_far;
    so_far.number = 5;
    so_far.fate = Fate::retrying;
    so_far.attempts = attempts;
    so_far.first = 1;
    parcel.so_far = std::make_shared<const journal::Delivery>(so_far);
  }
  return attempt(std::move(parcel), 9, peer, {"a"}, kRetry, in_doubt);
}

TEST(Attempt, AllOfItsMessagesAreSentUntilOneDoesNotArrive) {
  Peer good({Outcome::delivered, "MSA|AA"}), bad({Outcome::refused, "MSA|AE", kIssue});
  const Attempt well = attempt({5, 7}, 9, good, {"a", "b"}, kRetry, false);
  EXPECT_THAT(good.taken, ElementsAre("a", "b"));
  EXPECT_EQ(well.before, Fate::queued);
  EXPECT_EQ(well.delivery.fate, Fate::delivered);
  EXPECT_EQ(well.delivery.destination, 9);
  EXPECT_EQ(well.delivery.answer, "MSA|AA");
  EXPECT_TRUE(well.over() && well.answered());
  attempt({5, 7}, 9, bad, {"a", "b"}, kRetry, false);
  EXPECT_THAT(bad.taken, ElementsAre("a"));
}

TEST(Attempt, WhatIsRefusedIsTriedAgainUntilItIsADeadLetter) {
  const Attempt first = tried({Outcome::refused, "MSA|AE", kIssue});
  EXPECT_EQ(first.delivery.fate, Fate::retrying);
  EXPECT_FALSE(first.over());
  EXPECT_EQ(first.delivery.attempts, 1);
  EXPECT_NEAR(static_cast<double>(first.not_before - steady_now()), 1e6, 5e5);
  EXPECT_NE(first.delivery.error.find("no bed"), std::string::npos);
  const Attempt last = tried({Outcome::refused, "MSA|AE", kIssue}, 2);
  EXPECT_EQ(last.before, Fate::retrying);
  EXPECT_EQ(last.delivery.fate, Fate::dead);
  EXPECT_EQ(last.delivery.first, 1);
  EXPECT_EQ(tried({Outcome::refused, "MSA|AR", kIssue, false}).delivery.fate, Fate::dead);
}

TEST(Attempt, WhatWasNotReachedCountsNothing) {
  const Attempt none = tried({Outcome::unreached, "", kIssue}, 2);
  EXPECT_FALSE(none.records());
  EXPECT_FALSE(none.over());
  EXPECT_EQ(none.delivery.attempts, 2);
}

TEST(Attempt, DoubtsAreCounted) {
  EXPECT_EQ(tried({Outcome::unknown, "", kIssue}).delivery.doubts, 1);
  EXPECT_EQ(tried({Outcome::delivered, "MSA|AA"}, 0, true).delivery.doubts, 1);
  EXPECT_EQ(tried({Outcome::unknown, "", kIssue}, 2).delivery.fate, Fate::dead);
}

TEST(Attempt, WhatCannotBeMadeIsADeadLetterAndWhatHoldsNothingIsDropped) {
  const Attempt dead = not_sent({5, 7}, 9, fail(Code::bad_encoding, "not in this charset"));
  EXPECT_EQ(dead.delivery.fate, Fate::dead);
  EXPECT_TRUE(dead.over());
  EXPECT_EQ(not_sent({5, 7}, 9, std::vector<std::string>()).delivery.fate, Fate::dropped);
}

}  // namespace
}  // namespace yilian::routing
