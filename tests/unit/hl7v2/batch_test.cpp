#include "engine/hl7v2/batch.h"

namespace yilian::hl7v2 {
namespace {

std::string one(const std::string& id) { return "MSH|^~\\&|A|B|C|D|2026||ADT^A01|" + id + "|P|2.5\rPID|1||" + id + "\r"; }

TEST(Batch, OneMessageIsItself) {
  const std::string raw = one("1");
  const Batch batch = split(raw);
  ASSERT_EQ(batch.messages.size(), 1u);
  EXPECT_EQ(batch.messages[0], raw);
  EXPECT_FALSE(batch.enveloped);
}

TEST(Batch, OneAfterAnother) {
  for (const std::string between : {"", "\r", "\r\n\r\n", "\n"}) {
    const std::string raw = one("1") + between + one("2") + between + one("3");
    EXPECT_EQ(split(raw).messages.size(), 3u);
  }
}

TEST(Batch, EnvelopesAndTheirCounts) {
  const std::string raw = "FHS|^~\\&|A\rBHS|^~\\&|A\r" + one("1") + one("2") + "BTS|2\rFTS|1\r";
  const Batch good = split(raw);
  EXPECT_EQ(good.messages.size(), 2u);
  EXPECT_TRUE(good.enveloped);
  EXPECT_TRUE(good.notices.empty());
  EXPECT_EQ(good.messages[1].find("BTS"), std::string_view::npos);
  const Batch wrong = split("BHS|^~\\&|A\r" + one("1") + "BTS|5\r");
  ASSERT_EQ(wrong.notices.size(), 1u);
  EXPECT_EQ(wrong.notices[0].where, "BTS-1");
  EXPECT_TRUE(split("FHS|^~\\&|A\rBHS|^~\\&|A\rBTS|0\rFTS|1\r").messages.empty());
}

TEST(Batch, FramesInAFile) {
  const std::string raw = "\x0B" + one("1") + "\x1C\r\x0B" + one("2") + "\x1C\r";
  const Batch batch = split(raw);
  ASSERT_EQ(batch.messages.size(), 2u);
  EXPECT_EQ(batch.messages[0], one("1"));
  EXPECT_EQ(batch.messages[1], one("2"));
}

TEST(Batch, ABadOneAmongGoodOnesStaysByItself) {
  const std::string raw = one("1") + "MSH|^~\\&|broken\r" + one("3");
  const Batch batch = split(raw);
  ASSERT_EQ(batch.messages.size(), 3u);
  EXPECT_EQ(batch.messages[2], one("3"));
}

TEST(Batch, WhatIsNoMessageComesBackWhole) {
  EXPECT_EQ(split("hello").messages.size(), 1u);
  EXPECT_TRUE(split("").messages.empty());
  EXPECT_TRUE(split(" \r\n\x0B\x1C\r").messages.empty());
  const std::string leading = "junk junk\r" + one("1");
  const Batch junk = split(leading);
  EXPECT_EQ(junk.messages.size(), 1u);
  EXPECT_EQ(junk.notices.size(), 1u);
}

// What is no message between two that are: joined to the one before, it would end up in that patient's last field.
TEST(Batch, AFrameOfJunkStaysByItself) {
  for (const std::string end : {"\x1C\r", "\r\x1C\r", "\x1C"}) {
    const std::string raw = "\x0B" + one("1") + end + "\x0Bhello world" + end + "\x0B" + one("3") + end;
    const Batch batch = split(raw);
    ASSERT_EQ(batch.messages.size(), 3u);
    EXPECT_EQ(batch.messages[1].substr(0, 11), "hello world");
    EXPECT_EQ(batch.messages[2].substr(0, 40), one("3").substr(0, 40));
  }
}

TEST(Batch, BytesAfterAFrameAreToldNotJoined) {
  const std::string raw = "\x0B" + one("1") + "\x1C\rnoise noise";
  const Batch batch = split(raw);
  ASSERT_EQ(batch.messages.size(), 1u);
  EXPECT_EQ(batch.messages[0], one("1"));
  EXPECT_EQ(batch.notices.size(), 1u);
}

TEST(Batch, ASpoiltHeaderDoesNotMixTwoPatients) {
  const std::string raw = one("1") + "MSX|^~\\&|A|B\rPID|1||P2\r" + one("3");
  const Batch batch = split(raw);
  ASSERT_EQ(batch.messages.size(), 3u);
  EXPECT_EQ(batch.messages[0], one("1"));
  EXPECT_NE(batch.messages[1].find("P2"), std::string_view::npos);
}

TEST(Batch, SegmentsOutsideAMessageComeBackToBeRefused) {
  const std::string raw = "BHS|^~\\&|A\rPID|1||LOST\r" + one("1") + "BTS|1\rPID|1||ALSO\rFTS|1\r";
  EXPECT_EQ(split(raw).messages.size(), 3u);
}

TEST(Batch, EnvelopesWithOwnDelimiters) {
  const std::string raw = "FHS$%#@!$A\rBHS$%#@!$A\r" + one("1") + "BTS$3$x\rFTS$1\r";
  const Batch batch = split(raw);
  EXPECT_EQ(batch.messages.size(), 1u);
  ASSERT_EQ(batch.notices.size(), 1u);
  EXPECT_EQ(batch.notices[0].where, "BTS-1");
}

TEST(Batch, FrameMarksInsideALineAreData) {
  const std::string raw = "\x0BMSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rNTE|1||a\x1C" "b\x0B" "c\r\x1C\r";
  const Batch batch = split(raw);
  ASSERT_EQ(batch.messages.size(), 1u);
  EXPECT_NE(batch.messages[0].find("a\x1C" "b\x0B" "c"), std::string_view::npos);
}

TEST(Batch, LowerCaseHeadersBeginMessagesToo) {
  EXPECT_EQ(split("msh|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.3\rmsh|^~\\&|A|B|C|D|1||ADT^A01|2|P|2.3\r").messages.size(), 2u);
}

TEST(Batch, AFrameOfPaddingAloneHoldsNoMessage) {
  for (const std::string_view raw : {"\x0B\x1A", "\x0B\x1A\x1C\r", "\x0B \x1A \x1C\r", "\x1A"})
    EXPECT_TRUE(split(raw).messages.empty());
}

}  // namespace
}  // namespace yilian::hl7v2
