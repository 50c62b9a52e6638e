#include "adapters/mllp/acknowledgement.h"

#include <gtest/gtest.h>

namespace yilian::mllp {
namespace {

TEST(MllpAcknowledgement, HeaderIsSkimmed) {
  const auto header = skim_header("MSH|^~\\&|A|B|C|D|2026||ADT^A01|ID-7|P|2.5|||AL|NE\rPID|1\r");
  EXPECT_EQ(header.control_id, "ID-7");
  EXPECT_EQ(header.accept, "AL");
  EXPECT_EQ(header.application, "NE");
  EXPECT_EQ(skim_header("MSH$^~\\&$A$B$C$D$2026$$ADT$9$P$2.5").control_id, "9");
  EXPECT_EQ(skim_header("\xef\xbb\xbf\r\nMSH|^~\\&|||||||ADT|9").control_id, "9");
}

TEST(MllpAcknowledgement, NothingIsMadeUp) {
  for (const char* text : {"", "MSH", "MSH|^~\\&", "MSH|^~\\&|\rPID|||||||||9", "hello there, this is not HL7"}) {
    EXPECT_EQ(skim_header(text).control_id, "") << text;
    EXPECT_EQ(skim_acknowledgement(text).code, "") << text;
  }
}

// 0x81 0x7c is one character of GB18030; in UTF-8 a separator may follow any character.
TEST(MllpAcknowledgement, DoubleByteTextHidesNoSeparator) {
  EXPECT_EQ(skim_header("MSH|^~\\&|\x81\x7c|B|C|D|2026||ADT|7").control_id, "7");
  EXPECT_EQ(skim_header("MSH|^~\\&|医院|张|C|D|2026||ADT|7").control_id, "7");
}

TEST(MllpAcknowledgement, AnswerIsSkimmed) {
  const auto said = skim_acknowledgement("MSH|^~\\&|A|B|C|MSA|2026||ACK|1|P|2.5\nMSA|AE|ID-7|no bed\nERR|x");
  EXPECT_EQ(said.code, "AE");
  EXPECT_EQ(said.control_id, "ID-7");
  EXPECT_EQ(said.text, "no bed");
  EXPECT_FALSE(said.accepted());
  EXPECT_TRUE(said.application());
  EXPECT_TRUE(skim_acknowledgement("MSH|^~\\&|\rMSA|CA|1").accepted());
}

TEST(MllpAcknowledgement, WhatToWaitFor) {
  const auto check = [](const char* accept, const char* application, bool a, bool b, bool errors) {
    const auto expected = expected_answers({"", accept, application});
    EXPECT_EQ(expected.accept, a) << accept << "/" << application;
    EXPECT_EQ(expected.application, b) << accept << "/" << application;
    EXPECT_EQ(expected.only_errors, errors) << accept << "/" << application;
  };
  check("", "", false, true, false);
  check("AL", "AL", true, true, false);
  check("AL", "NE", true, false, false);
  check("NE", "AL", false, true, false);
  check("NE", "NE", false, false, false);
  check("NE", "", false, false, false);
  check("ER", "NE", true, false, true);
  check("ER", "AL", true, true, false);
}

}  // namespace
}  // namespace yilian::mllp
