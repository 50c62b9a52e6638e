#include "engine/routing/process.h"

namespace yilian::routing {
namespace {

TEST(Process, SkimsTheSenderFromAnyBytes) {
  const auto plain = skim_sender("MSH|^~\\&|HIS^1|COUNTY^2|Y|A");
  EXPECT_EQ(plain.application, "HIS");
  EXPECT_EQ(plain.facility, "COUNTY");
  EXPECT_EQ(skim_sender("\xEF\xBB\xBFMSH$%#@!$A$B").application, "A");
  EXPECT_EQ(skim_sender("MSH|^~\\&").application, "");
  EXPECT_EQ(skim_sender("MSH|^~\\&|A\rPID|1|2|3").facility, "");
  EXPECT_EQ(skim_sender("nothing").facility, "");
  EXPECT_EQ(skim_sender("").facility, "");
}

TEST(Process, AnswersAreKeptAndReadBack) {
  for (const auto& replies : {std::vector<std::string>{}, {"one\r"}, {"one\r", "two\r"}}) EXPECT_EQ(split_replies(join_replies(replies)), replies);
}

TEST(Process, AnUnknownSenderIsRefusedByNameAndKept) {
  const auto result = process({}, {"MSH|^~\\&|HIS|NOWHERE|Y|A|20261124||ADT^A01|7|P|2.5\rPID|1||1\r", "peer", 0});
  EXPECT_FALSE(result.accepted);
  ASSERT_EQ(result.replies.size(), 1u);
  EXPECT_NE(result.replies[0].find("MSA|AR|7"), std::string::npos);
  EXPECT_NE(result.error.find("NOWHERE"), std::string::npos);
  EXPECT_TRUE(result.entry);
  EXPECT_TRUE(result.pieces.empty());
}

TEST(Process, UnreadableBytesStillAnswerTheControlIdThatCanBeRead) {
  const auto result = process({}, {"MSH|^~\\&|HIS|H|Y|A|20261124||ADT^A01|99|P|2.5\rPID|1||\xFF\xFE\x80|\xFF\r", "peer", 0});
  ASSERT_EQ(result.replies.size(), 1u);
  EXPECT_NE(result.replies[0].find("|99"), std::string::npos);
}

TEST(Process, NoiseIsAnsweredOnlyWhenAsked) {
  EXPECT_TRUE(noise({"junk", "peer", 0}, "bytes before a frame", 4, false, Code::bad_syntax).replies.empty());
  const auto large = noise({"MSH|^~\\&|HIS|H|Y|A|20261124||ADT^A01|5|P|2.5\rPID|1", "peer", 0}, "larger than max-message", 1 << 20, true, Code::too_large);
  ASSERT_EQ(large.replies.size(), 1u);
  EXPECT_NE(large.replies[0].find("MSA|AR|5"), std::string::npos);
}

}  // namespace
}  // namespace yilian::routing
