#include "adapters/mllp/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/net/mllp_framing.h"
#include "tests/unit/adapters/recorder.h"
#include "tests/unit/net/peer.h"

namespace yilian::mllp {
namespace {

using net::mllp_frame;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::yilian::testing::Peer;
using ::yilian::testing::Recorder;

class MllpSourceTest : public ::testing::Test {
 protected:
  void listen(SourceSettings settings = {}) {
    settings.listen = {"127.0.0.1", 0};
    source_ = make_source(std::move(settings));
    const auto started = source_->start(intake_);
    ASSERT_TRUE(started) << started.error().line();
  }
  int port() const { return net::parse_endpoint(source_->address())->port; }

  Recorder intake_;
  std::unique_ptr<sdk::Source> source_;
};

TEST_F(MllpSourceTest, MessageIsTakenAndAnswered) {
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|1"));
  EXPECT_EQ(peer.hear("\x1c\r"), "\vACK:MSH|1\x1c\r");
  EXPECT_THAT(intake_.peers().at(0), ::testing::StartsWith("127.0.0.1:"));
}

TEST_F(MllpSourceTest, TwoFramesInOnePacketAreAnsweredInOrder) {
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|1") + mllp_frame("MSH|2"));
  EXPECT_EQ(peer.hear("\x1c\r", 2), mllp_frame("ACK:MSH|1") + mllp_frame("ACK:MSH|2"));
}

TEST_F(MllpSourceTest, NextFrameWaitsForTheAnswerBefore) {
  intake_.hold();
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|1") + mllp_frame("MSH|2"));
  ASSERT_TRUE(intake_.wait_taken(1));
  EXPECT_FALSE(intake_.wait_taken(2, milliseconds(100)));
  EXPECT_TRUE(intake_.release());
  ASSERT_TRUE(intake_.wait_taken(2));
  EXPECT_EQ(peer.hear("\x1c\r"), mllp_frame("ACK:MSH|1"));
  EXPECT_TRUE(intake_.release());
  EXPECT_EQ(peer.hear("\x1c\r"), mllp_frame("ACK:MSH|2"));
}

TEST_F(MllpSourceTest, ConnectionsDoNotWaitForEachOther) {
  intake_.hold();
  listen();
  Peer first(port()), second(port());
  first.say(mllp_frame("MSH|1"));
  ASSERT_TRUE(intake_.wait_taken(1));
  second.say(mllp_frame("MSH|2"));
  EXPECT_TRUE(intake_.wait_taken(2));
  intake_.release();
  intake_.release();
}

// While a message is under way the sender is not read: its bytes stay in the socket and in the end it cannot send.
TEST_F(MllpSourceTest, PressureIsPassedOn) {
  intake_.hold();
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|1"));
  ASSERT_TRUE(intake_.wait_taken(1));
  std::atomic<bool> all_sent{false};
  const std::string large(40u << 20, 'x');
  std::thread sender([&] {
    peer.say(mllp_frame("MSH|" + large));
    all_sent = true;
  });
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_FALSE(all_sent);
  intake_.hold(false);
  intake_.release();
  sender.join();
  EXPECT_TRUE(intake_.wait_taken(2, seconds(10)));
  EXPECT_EQ(intake_.taken()[1].size(), large.size() + 4);
}

TEST_F(MllpSourceTest, NoRepliesIsSilence) {
  intake_.answer([](const sdk::Incoming& in) {
    return sdk::Answer{
        true, in.body == "MSH|quiet" ? std::vector<std::string>{} : std::vector<std::string>{"CA", "AA"}, {}};
  });
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|quiet") + mllp_frame("MSH|both"));
  EXPECT_EQ(peer.hear("\x1c\r", 2), mllp_frame("CA") + mllp_frame("AA"));
}

TEST_F(MllpSourceTest, ByteByByteAndJunk) {
  listen();
  Peer peer(port());
  for (const char c : "junk" + mllp_frame("MSH|1")) peer.say({&c, 1});
  EXPECT_EQ(peer.hear("\x1c\r"), mllp_frame("ACK:MSH|1"));
  ASSERT_THAT(intake_.noises(), SizeIs(1));
  EXPECT_EQ(intake_.noises()[0].bytes, "junk");
  EXPECT_FALSE(intake_.noises()[0].answer);
}

TEST_F(MllpSourceTest, FsWithoutCrCompletesBySilence) {
  SourceSettings settings;
  settings.quiet_after_fs = milliseconds(50);
  listen(std::move(settings));
  Peer peer(port());
  peer.say("\vMSH|1\x1c");
  EXPECT_EQ(peer.hear("\x1c\r"), mllp_frame("ACK:MSH|1"));
  peer.say("\r" + mllp_frame("MSH|2"));
  EXPECT_EQ(peer.hear("\x1c\r"), mllp_frame("ACK:MSH|2"));
  EXPECT_THAT(intake_.noises(), IsEmpty());
}

TEST_F(MllpSourceTest, HalfClosedPeerStillGetsItsAnswer) {
  intake_.hold();
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|1") + "\vMSH|2\x1c");
  peer.half_close();
  ASSERT_TRUE(intake_.wait_taken(1));
  std::this_thread::sleep_for(milliseconds(50));
  intake_.release();
  ASSERT_TRUE(intake_.wait_taken(2));
  intake_.release();
  EXPECT_EQ(peer.hear_all(), mllp_frame("ACK:MSH|1") + mllp_frame("ACK:MSH|2"));
  EXPECT_TRUE(peer.ended());
}

TEST_F(MllpSourceTest, ClosedInsideAFrameIsNoise) {
  listen();
  {
    Peer peer(port());
    peer.say("\vMSH|1\rPID|");
  }
  ASSERT_TRUE(intake_.wait_noise(1));
  EXPECT_EQ(intake_.noises()[0].why, "closed inside a frame");
  EXPECT_THAT(intake_.taken(), IsEmpty());
}

// The messages that arrived whole before a reset are taken, all of them.
TEST_F(MllpSourceTest, ResetAfterWholeMessagesLosesNone) {
  intake_.hold();
  listen();
  Peer peer(port());
  peer.say(mllp_frame("MSH|1") + mllp_frame("MSH|2") + mllp_frame("MSH|3"));
  ASSERT_TRUE(intake_.wait_taken(1));
  peer.reset();
  for (std::size_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(intake_.wait_taken(i));
    EXPECT_TRUE(intake_.release());
  }
}

TEST_F(MllpSourceTest, SilentInsideAFrameIsNoiseAndTheEnd) {
  SourceSettings settings;
  settings.frame_timeout = milliseconds(100);
  listen(std::move(settings));
  Peer peer(port());
  peer.say("\vMSH|1");
  EXPECT_EQ(peer.hear_all(), "");
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(intake_.noises().at(0).why, "silent inside a frame");
}

TEST_F(MllpSourceTest, TlsHelloIsToldWithoutWaitingForTheEnd) {
  listen();
  Peer peer(port());
  peer.say(std::string("\x16\x03\x01\x02\x00\x01", 6));
  ASSERT_TRUE(intake_.wait_noise(1));
  EXPECT_EQ(intake_.noises()[0].size, 6u);
  peer.say(mllp_frame("MSH|1"));
  EXPECT_EQ(peer.hear("\x1c\r"), mllp_frame("ACK:MSH|1"));
}

TEST_F(MllpSourceTest, TooLargeIsRefusedAndTheNextIsFine) {
  SourceSettings settings;
  settings.max_message = 100'000;
  listen(std::move(settings));
  Peer peer(port());
  peer.say(mllp_frame("MSH|" + std::string(200'000, 'x')) + mllp_frame("MSH|2"));
  EXPECT_EQ(peer.hear("\x1c\r", 2), mllp_frame("REFUSED") + mllp_frame("ACK:MSH|2"));
  const auto noise = intake_.noises().at(0);
  EXPECT_EQ(noise.code, Code::too_large);
  EXPECT_EQ(noise.size, 200'004u);
  EXPECT_EQ(noise.bytes.size(), 65536u);
}

TEST_F(MllpSourceTest, IdleConnectionsAreClosedWhenAsked) {
  SourceSettings settings;
  settings.idle_timeout = milliseconds(100);
  listen(std::move(settings));
  Peer peer(port());
  EXPECT_EQ(peer.hear_all(), "");
  EXPECT_TRUE(peer.ended());
  EXPECT_THAT(intake_.noises(), IsEmpty());
}

TEST_F(MllpSourceTest, OnlyAllowedPeersAndNotTooMany) {
  SourceSettings settings;
  settings.connections = 1;
  ASSERT_TRUE(settings.allow.add("127.0.0.0/8"));
  listen(settings);
  Peer first(port());
  first.say(mllp_frame("MSH|1"));
  EXPECT_EQ(first.hear("\x1c\r"), mllp_frame("ACK:MSH|1"));
  Peer second(port());
  EXPECT_EQ(second.hear_all(), "");
  EXPECT_TRUE(second.ended());
  source_.reset();
  settings.allow = {};
  ASSERT_TRUE(settings.allow.add("10.0.0.0/8"));
  listen(settings);
  Peer stranger(port());
  stranger.say(mllp_frame("MSH|2"));
  stranger.hear_all();
  EXPECT_TRUE(stranger.ended());
  EXPECT_THAT(intake_.taken(), ElementsAre("MSH|1"));
}

TEST_F(MllpSourceTest, StopAnswersWhatIsUnderWayAndTakesNoMore) {
  intake_.hold();
  listen();
  Peer busy(port()), idle(port());
  busy.say(mllp_frame("MSH|1"));
  ASSERT_TRUE(intake_.wait_taken(1));
  const int old_port = port();
  std::thread stopper([&] { source_->stop(seconds(5)); });
  EXPECT_EQ(idle.hear_all(), "");
  EXPECT_TRUE(idle.ended());
  intake_.release();
  EXPECT_EQ(busy.hear_all(), mllp_frame("ACK:MSH|1"));
  stopper.join();
  EXPECT_THROW(Peer{old_port}, std::runtime_error);
}

TEST_F(MllpSourceTest, StopKeepsItsDeadlineAndALateAnswerHarmsNothing) {
  intake_.hold();
  listen();
  Peer busy(port());
  busy.say(mllp_frame("MSH|1"));
  ASSERT_TRUE(intake_.wait_taken(1));
  const auto start = std::chrono::steady_clock::now();
  source_->stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
  EXPECT_EQ(busy.hear_all(), "");
  source_.reset();
  EXPECT_TRUE(intake_.release());
}

TEST_F(MllpSourceTest, PortTakenIsAnError) {
  listen();
  SourceSettings settings;
  settings.listen = *net::parse_endpoint(source_->address());
  auto second = make_source(std::move(settings));
  const auto started = second->start(intake_);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::bad_config);
}

TEST_F(MllpSourceTest, FiftyMegabytes) {
  listen();
  Peer peer(port());
  std::string body = "MSH|" + std::string(50u << 20, 'x');
  intake_.answer([](const sdk::Incoming& in) { return sdk::Answer{true, {std::to_string(in.body.size())}, {}}; });
  std::thread sender([&] { peer.say(mllp_frame(body)); });
  EXPECT_EQ(peer.hear("\x1c\r", 1, 20'000), mllp_frame(std::to_string(body.size())));
  sender.join();
}

TEST_F(MllpSourceTest, ManyConnectionsKeepTheirOrder) {
  listen();
  std::vector<std::thread> senders;
  std::atomic<int> good{0};
  for (int c = 0; c < 8; ++c) {
    senders.emplace_back([&, c] {
      Peer peer(port());
      std::string all, answers;
      for (int i = 0; i < 100; ++i) {
        const auto body = "MSH|" + std::to_string(c) + "-" + std::to_string(i);
        all += mllp_frame(body);
        answers += mllp_frame("ACK:" + body);
      }
      peer.say(all);
      if (peer.hear("\x1c\r", 100) == answers) ++good;
    });
  }
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(good, 8);
}

}  // namespace
}  // namespace yilian::mllp
