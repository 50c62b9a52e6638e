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

}  // namespace
}  // namespace yilian::hl7v2
