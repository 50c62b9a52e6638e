#include "engine/net/mllp_framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <random>

namespace yilian::net {
namespace {

using std::string_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = MllpEvent::Kind;

constexpr std::size_t kMax = 1000;
const std::string kMessage = "MSH|^~\\&|A|B|||20260101||ACK|1|P|2.5\rMSA|AA|1\r";

// Events as text: "M:body", "N(size):bytes:why", "L(size)".
std::vector<std::string> told(const std::vector<MllpEvent>& events) {
  std::vector<std::string> out;
  for (const auto& event : events) {
    if (event.kind == Kind::message) out.push_back("M:" + event.bytes);
    if (event.kind == Kind::noise)
      out.push_back("N(" + std::to_string(event.size) + "):" + event.bytes + ":" + event.why);
    if (event.kind == Kind::too_large) out.push_back("L(" + std::to_string(event.size) + "):" + event.bytes);
    if (event.kind == Kind::message) {
      EXPECT_EQ(event.size, event.bytes.size());
    }
  }
  return out;
}

std::vector<std::string> read(const std::string& bytes, std::size_t max = kMax) {
  MllpFraming framing(max);
  std::vector<MllpEvent> events;
  framing.feed(bytes, events);
  framing.finish(events);
  return told(events);
}

TEST(MllpFraming, TwoFramesInOnePacketAreTwoMessages) {
  EXPECT_THAT(read("\vMSH|1\x1c\r\vMSH|2\x1c\r"), ElementsAre("M:MSH|1", "M:MSH|2"));
}

TEST(MllpFraming, MessageIsThereAsSoonAsItsLastByte) {
  MllpFraming framing(kMax);
  std::vector<MllpEvent> events;
  for (const char c : mllp_frame(kMessage)) {
    EXPECT_THAT(events, IsEmpty());
    framing.feed({&c, 1}, events);
  }
  EXPECT_THAT(told(events), ElementsAre("M:" + kMessage));
  EXPECT_FALSE(framing.inside());
}

TEST(MllpFraming, JunkBeforeAFrameIsTold) {
  EXPECT_THAT(read("hello\vMSH|1\x1c\r"), ElementsAre("N(5):hello:bytes before a frame", "M:MSH|1"));
}

TEST(MllpFraming, DoubledStartIsOneStart) { EXPECT_THAT(read("\v\vMSH|1\x1c\r"), ElementsAre("M:MSH|1")); }

TEST(MllpFraming, FrameBegunInsideAFrameCutsTheFirstOff) {
  EXPECT_THAT(read("\vMSH|1\rPID|\vMSH|2\x1c\r"),
              ElementsAre("N(10):MSH|1\rPID|:frame begun inside a frame", "M:MSH|2"));
}

TEST(MllpFraming, VtInsideWithoutHeaderIsData) { EXPECT_THAT(read("\vMSH|a\vb\x1c\r"), ElementsAre("M:MSH|a\vb")); }

TEST(MllpFraming, FsWithoutCrThenVtAreTwoMessages) {
  EXPECT_THAT(read("\vMSH|1\r\x1c\vMSH|2\r\x1c\r"), ElementsAre("M:MSH|1\r", "M:MSH|2\r"));
}

TEST(MllpFraming, FsAfterASegmentThenHeaderAreTwoMessages) {
  EXPECT_THAT(read("\vMSH|1\r\x1cMSH|2\r\x1c\r"), ElementsAre("M:MSH|1\r", "M:MSH|2\r"));
}

TEST(MllpFraming, FsInsideDataStays) {
  EXPECT_THAT(read("\vMSH|a\x1c"
                   "b\rMSHx\x1cMSH\x1c\r"),
              ElementsAre("M:MSH|a\x1c"
                          "b\rMSHx\x1cMSH"));
}

TEST(MllpFraming, FsLfIsAnEndOnlyWhenProven) {
  EXPECT_THAT(read("\vMSH|1\x1c\n\vMSH|2\x1c\n"), ElementsAre("M:MSH|1", "M:MSH|2"));
  EXPECT_THAT(read("\vMSH|1\x1c\r\n\vMSH|2\x1c\r\n"), ElementsAre("M:MSH|1", "M:MSH|2"));
  EXPECT_THAT(read("\vMSH|1\x1c\nPID\x1c\r"), ElementsAre("M:MSH|1\x1c\nPID"));
}

TEST(MllpFraming, SilenceAfterFsCompletes) {
  MllpFraming framing(kMax);
  std::vector<MllpEvent> events;
  framing.feed("\vMSH|1\r", events);
  EXPECT_FALSE(framing.waiting_after_fs());
  framing.quiet(events);
  EXPECT_THAT(events, IsEmpty());
  framing.feed("\x1c", events);
  EXPECT_TRUE(framing.waiting_after_fs());
  framing.quiet(events);
  EXPECT_THAT(told(events), ElementsAre("M:MSH|1\r"));
  EXPECT_FALSE(framing.inside());
  framing.feed("\r\vMSH|2\x1c\r", events);
  EXPECT_THAT(told(events), ElementsAre("M:MSH|1\r", "M:MSH|2"));
}

TEST(MllpFraming, BlanksBetweenFramesAreIgnored) {
  EXPECT_THAT(read("\r\n \t\0\vMSH|1\x1c\r\n\r\n\0\0\vMSH|2\x1c\r\n"s), ElementsAre("M:MSH|1", "M:MSH|2"));
}

TEST(MllpFraming, HeaderWithoutVtIsAFrame) {
  EXPECT_THAT(read("MSH|1\x1c\rBHS|2\x1c\rFHS|3\x1c\r"), ElementsAre("M:MSH|1", "M:BHS|2", "M:FHS|3"));
  EXPECT_THAT(read("MS\vMSH|1\x1c\r"), ElementsAre("N(2):MS:bytes before a frame", "M:MSH|1"));
}

TEST(MllpFraming, ClosedInsideAFrame) {
  EXPECT_THAT(read("\vMSH|1\rPI"), ElementsAre("N(8):MSH|1\rPI:closed inside a frame"));
  EXPECT_THAT(read("\v"), ElementsAre("N(0)::closed inside a frame"));
}

TEST(MllpFraming, ClosedAfterFsIsWhole) {
  EXPECT_THAT(read("\vMSH|1\r\x1c"), ElementsAre("M:MSH|1\r"));
  EXPECT_THAT(read("\vMSH|1\r\x1cMS"), ElementsAre("M:MSH|1\r", "N(2):MS:bytes before a frame"));
}

TEST(MllpFraming, TlsHelloIsNoise) {
  const auto hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s;
  MllpFraming framing(kMax);
  std::vector<MllpEvent> events;
  framing.feed(hello, events);
  EXPECT_TRUE(framing.junk());
  EXPECT_FALSE(framing.inside());
  framing.flush_junk(events);
  EXPECT_FALSE(framing.junk());
  EXPECT_THAT(told(events), ElementsAre("N(11):" + hello + ":bytes that are no frame"));
  framing.finish(events);
  EXPECT_EQ(events.size(), 1u);
}

TEST(MllpFraming, NulsAreData) { EXPECT_THAT(read("\vMSH|\0\0|\x1c\r"s), ElementsAre("M:MSH|\0\0|"s)); }

TEST(MllpFraming, EmptyFrameIsAnEmptyMessage) { EXPECT_THAT(read("\v\x1c\r"), ElementsAre("M:")); }

TEST(MllpFraming, LimitIsExact) {
  EXPECT_THAT(read("\v" + std::string(kMax, 'x') + "\x1c\r"), ElementsAre("M:" + std::string(kMax, 'x')));
  EXPECT_THAT(read("\v" + std::string(kMax + 1, 'x') + "\x1c\r\vMSH|2\x1c\r"),
              ElementsAre("L(1001):" + std::string(kMax + 1, 'x'), "M:MSH|2"));
}

TEST(MllpFraming, TooLargeKeepsItsHeadAndSkipsToItsEnd) {
  const std::string body(300'000, 'y');
  MllpFraming framing(100'000);
  std::vector<MllpEvent> events;
  const auto bytes = "\v" + body + "\x1c\r" + mllp_frame(kMessage);
  for (std::size_t at = 0; at < bytes.size(); at += 1000)
    framing.feed(std::string_view(bytes).substr(at, 1000), events);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, Kind::too_large);
  EXPECT_EQ(events[0].size, body.size());
  EXPECT_EQ(events[0].bytes, std::string(65536, 'y'));
  EXPECT_EQ(events[1].bytes, kMessage);
}

TEST(MllpFraming, NoiseKeepsItsHeadAndItsSize) {
  MllpFraming framing(kMax);
  std::vector<MllpEvent> events;
  for (int i = 0; i < 1000; ++i) framing.feed(std::string(1000, 'z'), events);
  framing.finish(events);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].size, 1'000'000u);
  EXPECT_EQ(events[0].bytes, std::string(65536, 'z'));
}

// Every cut of a stream gives the same events. Streams are made of the pieces that matter, at random.
TEST(MllpFraming, CutsDoNotMatter) {
  const std::vector<std::string> pieces{
      "\v",   "\x1c", "\r", "\n",     "MSH",    "MS",     "FHS|",       "x",
      "PID|", "\0"s,  "\t", "\x1c\r", "\vMSH|", "\x1c\v", "\r\x1cMSH|", std::string(40, 'q')};
  std::mt19937 random(20261124);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 20'000; ++round) {
    std::string stream;
    for (auto n = pick(14); n > 0; --n) stream += pieces[pick(pieces.size())];
    const std::size_t max = pick(2) == 0 ? 20 : kMax;
    const auto whole = read(stream, max);
    std::vector<MllpEvent> single, parts;
    MllpFraming by_byte(max), by_part(max);
    for (const char c : stream) by_byte.feed({&c, 1}, single);
    by_byte.finish(single);
    for (std::size_t at = 0; at < stream.size();) {
      const auto length = 1 + pick(stream.size() - at);
      by_part.feed(std::string_view(stream).substr(at, length), parts);
      at += length;
    }
    by_part.finish(parts);
    ASSERT_EQ(told(single), whole) << "round " << round;
    ASSERT_EQ(told(parts), whole) << "round " << round;
  }
}

// Nothing is lost: the bytes of all events and the marks between them are those that came in.
TEST(MllpFraming, EveryByteIsSomewhere) {
  std::mt19937 random(7);
  for (int round = 0; round < 5'000; ++round) {
    std::string stream;
    std::size_t letters = 0;
    for (int n = 0; n < 30; ++n) {
      const char c = "\v\x1c\rabMSH"[random() % 8];
      stream += c;
      letters += std::isalpha(static_cast<unsigned char>(c)) != 0 ? 1u : 0u;
    }
    MllpFraming framing(kMax);
    std::vector<MllpEvent> events;
    framing.feed(stream, events);
    framing.finish(events);
    std::size_t found = 0;
    for (const auto& event : events) {
      EXPECT_EQ(event.size, event.bytes.size());
      for (const char c : event.bytes) found += std::isalpha(static_cast<unsigned char>(c)) != 0 ? 1u : 0u;
    }
    ASSERT_EQ(found, letters);
  }
}

// The processor's time, so that a busy machine does not count.
double cpu_seconds() {
  timespec at{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

TEST(MllpFraming, LargeMessagesInPacketsAreLinear) {
  const auto body = kMessage + std::string(50u << 20, 'x');
  const auto bytes = mllp_frame(body);
  MllpFraming framing(64u << 20);
  std::vector<MllpEvent> events;
  const auto start = cpu_seconds();
  for (std::size_t at = 0; at < bytes.size(); at += 65536)
    framing.feed(std::string_view(bytes).substr(at, 65536), events);
  EXPECT_LT(cpu_seconds() - start, 5);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].bytes, body);
}

// Looking for the other mark anew at each of these would take hours.
TEST(MllpFraming, TextOfMarksAloneIsLinear) {
  for (const char fill : {'\x1c', '\v'}) {
    const auto body = kMessage + std::string(4u << 20, fill) + "x";
    MllpFraming framing(64u << 20);
    std::vector<MllpEvent> events;
    const auto start = cpu_seconds();
    framing.feed(mllp_frame(body), events);
    EXPECT_LT(cpu_seconds() - start, 5) << "fill " << int(fill);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].bytes, body);
  }
}

TEST(MllpFraming, ManyMessagesInOnePacketAreLinear) {
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += mllp_frame(kMessage);
  MllpFraming framing(kMax);
  std::vector<MllpEvent> events;
  framing.feed(bytes, events);
  EXPECT_EQ(events.size(), 200'000u);
  EXPECT_EQ(events.back().bytes, kMessage);
}

}  // namespace
}  // namespace yilian::net
