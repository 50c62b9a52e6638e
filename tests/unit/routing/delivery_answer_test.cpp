#include "engine/routing/delivery_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yilian::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kMessage = "MSH|^~\\&|LIS|LAB|Y|A|20261124||ORU^R01|7|P|2.5||";
constexpr const char* kTheirs = "MSH|^~\\&|X|X|LIS|LAB|2026||ACK|x|P|2.5\rMSA|AR|7|theirs\r";

class Answer : public ::testing::Test {
 protected:
  // In original mode, or in enhanced mode with both answers.
  std::vector<std::string> after(const Patience::Outcome& outcome, bool enhanced = false) {
    Processed processed;
    processed.accepted = true;
    processed.accepts_first = enhanced;
    processed.replies = enhanced ? std::vector<std::string>{"CA", "AA"} : std::vector<std::string>{"AA"};
    answer_after_delivery(feed_, std::string(kMessage) + (enhanced ? "|AL|AL\r" : "\r"), outcome, [](std::int64_t number) { return number == 1 ? "a/lis" : "a/emr"; }, processed);
    accepted_ = processed.accepted;
    return processed.replies;
  }
  static journal::Delivery ended(std::int64_t destination, journal::Fate fate, const std::string& answer = "") {
    journal::Delivery delivery;
    delivery.destination = destination;
    delivery.fate = fate;
    delivery.answer = answer;
    delivery.error = "no bed";
    return delivery;
  }
  Feed feed_;
  bool accepted_ = false;
};

TEST_F(Answer, OurOwnWhereAllHaveIt) {
  EXPECT_THAT(after({{ended(1, journal::Fate::delivered), ended(2, journal::Fate::delivered)}}), ElementsAre("AA"));
  EXPECT_TRUE(accepted_);
}

TEST_F(Answer, WhoDidNotGetItAndWhy) {
  EXPECT_THAT(after({{ended(1, journal::Fate::delivered), ended(2, journal::Fate::dead)}}), ElementsAre(HasSubstr("MSA|AE|7")));
  EXPECT_FALSE(accepted_);
  EXPECT_THAT(after({{ended(1, journal::Fate::delivered)}, false}), ElementsAre(HasSubstr("not delivered yet")));
}

TEST_F(Answer, TheDestinationsOwnWhereItSpeaksOfTheMessage) {
  feed_.answer_from = "a/lis";
  EXPECT_THAT(after({{ended(1, journal::Fate::dead, kTheirs)}}), ElementsAre(kTheirs));
  EXPECT_FALSE(accepted_);
  EXPECT_THAT(after({{ended(1, journal::Fate::delivered, "MSH|^~\\&|X|X|LIS|LAB|2026||ACK|x|P|2.5\rMSA|AA|8\r")}}), ElementsAre("AA"));
}

TEST_F(Answer, InEnhancedModeTheAcceptAnswerStaysTheFirst) {
  feed_.answer_from = "a/lis";
  EXPECT_THAT(after({{ended(1, journal::Fate::delivered, kTheirs)}}, true), ElementsAre("CA", kTheirs));
  EXPECT_THAT(after({{ended(2, journal::Fate::dead)}}, true), ElementsAre(HasSubstr("MSA|CA|7"), HasSubstr("MSA|AE|7")));
}

}  // namespace
}  // namespace yilian::routing
