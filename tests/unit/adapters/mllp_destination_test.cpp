#include "adapters/mllp/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "adapters/mllp/client.h"
#include "adapters/mllp/source.h"
#include "tests/unit/adapters/recorder.h"

namespace yilian::mllp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::yilian::testing::Recorder;
using Outcome = sdk::Delivery::Outcome;

std::string message(const std::string& id, const std::string& accept = "", const std::string& application = "") {
  return "MSH|^~\\&|A|B|C|D|2026||ADT^A01|" + id + "|P|2.5|||" + accept + "|" + application + "\rPID|1\r";
}
std::string answer(const std::string& code, const std::string& id) {
  return "MSH|^~\\&|C|D|A|B|2026||ACK|x|P|2.5\rMSA|" + code + "|" + id + "|text\r";
}

// A receiver made of our own source.
class MllpDestinationTest : public ::testing::Test {
 protected:
  void SetUp() override { listen(0); }
  void listen(std::uint16_t port) {
    SourceSettings settings;
    settings.listen = {"127.0.0.1", port};
    receiver_ = make_source(std::move(settings));
    const auto started = receiver_->start(intake_);
    ASSERT_TRUE(started) << started.error().line();
    to_ = *net::parse_endpoint(receiver_->address());
  }
  void answer_with(std::vector<std::string> replies) {
    intake_.answer([replies](const sdk::Incoming&) { return sdk::Answer{true, replies, {}}; });
  }
  std::unique_ptr<sdk::Destination> destination(int answer_ms = 2000) {
    DestinationSettings settings;
    settings.connect = to_;
    settings.answer_timeout = milliseconds(answer_ms);
    return make_destination(std::move(settings));
  }

  Recorder intake_;
  std::unique_ptr<sdk::Source> receiver_;
  net::Endpoint to_;
};

TEST_F(MllpDestinationTest, DeliversAndGivesTheAnswer) {
  answer_with({answer("AA", "1")});
  const auto delivery = destination()->send({message("1")});
  EXPECT_EQ(delivery.outcome, Outcome::delivered) << delivery.issue.line();
  EXPECT_EQ(delivery.answer, answer("AA", "1"));
  EXPECT_THAT(intake_.taken(), ElementsAre(message("1")));
}

TEST_F(MllpDestinationTest, AnswersToOtherMessagesArePassedOver) {
  answer_with({answer("AA", "other"), answer("CA", "1")});
  const auto delivery = destination()->send({message("1")});
  EXPECT_EQ(delivery.outcome, Outcome::delivered);
  EXPECT_EQ(delivery.answer, answer("CA", "1"));
}

TEST_F(MllpDestinationTest, OneConnectionForManyAlsoWithLateApplicationAnswers) {
  intake_.answer([](const sdk::Incoming& in) {
    const auto id = in.body.substr(in.body.find("A01|") + 4, 1);
    return sdk::Answer{true, {answer("CA", id), answer("AA", id)}, {}};
  });
  auto to = destination();
  for (const char* id : {"1", "2", "3"}) EXPECT_EQ(to->send({message(id, "AL", "AL")}).answer, answer("CA", id));
  const auto peers = intake_.peers();
  EXPECT_EQ(peers[0], peers[1]);
  EXPECT_EQ(peers[1], peers[2]);
}

TEST_F(MllpDestinationTest, RefusalsAreTold) {
  for (const auto& [code, issue] : {std::pair("AE", Code::bad_value),
                                    {"AR", Code::not_allowed},
                                    {"CE", Code::bad_value},
                                    {"CR", Code::not_allowed}}) {
    answer_with({answer(code, "1")});
    const auto delivery = destination()->send({message("1")});
    EXPECT_EQ(delivery.outcome, Outcome::refused);
    EXPECT_EQ(delivery.again, code[1] == 'E') << code;
    EXPECT_EQ(delivery.issue.code, issue) << code;
    EXPECT_EQ(delivery.answer, answer(code, "1"));
  }
  answer_with({"this is no answer"});
  EXPECT_EQ(destination()->send({message("1")}).issue.code, Code::bad_structure);
}

TEST_F(MllpDestinationTest, SilenceIsATimeOutAndTheNextSendStartsAnew) {
  answer_with({});
  auto to = destination(100);
  const auto delivery = to->send({message("1")});
  EXPECT_EQ(delivery.outcome, Outcome::unknown);
  EXPECT_EQ(delivery.issue.code, Code::timeout);
  answer_with({answer("AA", "2")});
  EXPECT_EQ(to->send({message("2")}).outcome, Outcome::delivered);
}

TEST_F(MllpDestinationTest, NeverMeansNoWaiting) {
  answer_with({});
  EXPECT_EQ(destination(60'000)->send({message("1", "NE", "NE")}).outcome, Outcome::delivered);
  EXPECT_TRUE(intake_.wait_taken(1));
  EXPECT_EQ(destination(100)->send({message("2", "ER", "NE")}).outcome, Outcome::delivered);
}

TEST_F(MllpDestinationTest, ConnectsAnewAfterTheOtherSideWasRestarted) {
  answer_with({answer("AA", "1")});
  auto to = destination();
  EXPECT_EQ(to->send({message("1")}).outcome, Outcome::delivered);
  receiver_->stop(milliseconds(0));
  receiver_.reset();
  const auto down = to->send({message("1")});
  EXPECT_EQ(down.outcome, Outcome::unreached);
  EXPECT_EQ(down.issue.code, Code::busy);
  listen(to_.port);
  EXPECT_EQ(to->send({message("1")}).outcome, Outcome::delivered);
}

TEST_F(MllpDestinationTest, IsInterruptedWhileItWaits) {
  answer_with({});
  auto to = destination(60'000);
  std::thread stopper([&] {
    EXPECT_TRUE(intake_.wait_taken(1));
    to->interrupt();
  });
  EXPECT_EQ(to->send({message("1")}).outcome, Outcome::unknown);
  stopper.join();
  EXPECT_EQ(to->send({message("2")}).outcome, Outcome::unreached);
}

TEST_F(MllpDestinationTest, SendOnceReadsBothAnswersOfEnhancedMode) {
  answer_with({answer("CA", "1"), answer("AA", "1")});
  const auto both = send_once(to_, message("1", "AL", "AL"), milliseconds(2000));
  ASSERT_TRUE(both) << both.error().line();
  EXPECT_THAT(*both, ElementsAre(answer("CA", "1"), answer("AA", "1")));
  answer_with({answer("CR", "1")});
  EXPECT_THAT(*send_once(to_, message("1", "AL", "AL"), milliseconds(10'000)), ElementsAre(answer("CR", "1")));
  answer_with({answer("AA", "1")});
  EXPECT_THAT(*send_once(to_, message("1"), milliseconds(10'000)), ElementsAre(answer("AA", "1")));
  EXPECT_THAT(*send_once(to_, message("1", "NE", "NE"), milliseconds(10'000)), IsEmpty());
  answer_with({});
  EXPECT_EQ(send_once(to_, message("1"), milliseconds(100)).error().code, Code::timeout);
}

TEST_F(MllpDestinationTest, NobodyThere) {
  receiver_->stop(milliseconds(0));
  const auto sent = send_once(to_, message("1"), milliseconds(1000));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::busy);
  EXPECT_EQ(sent.error().where, to_.text());
}

TEST_F(MllpDestinationTest, LargeMessage) {
  answer_with({answer("AA", "1")});
  const auto body = message("1") + "OBX|" + std::string(20u << 20, 'x') + "\r";
  EXPECT_EQ(destination(20'000)->send({body}).outcome, Outcome::delivered);
  EXPECT_EQ(intake_.taken().at(0), body);
}

}  // namespace
}  // namespace yilian::mllp
