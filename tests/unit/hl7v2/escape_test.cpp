#include "engine/hl7v2/escape.h"

#include <random>

namespace yilian::hl7v2 {
namespace {

const Delimiters kUsual;

TEST(Escape, EveryStandardSequence) {
  EXPECT_EQ(unescape("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", kUsual), "a|b^c&d~e\\f");
  EXPECT_EQ(unescape("\\P\\", kUsual), "#");
  EXPECT_EQ(unescape("\\H\\bold\\N\\", kUsual), "bold");
  EXPECT_EQ(unescape("one\\.br\\two\\.sp2\\three\\.sp+1\\four", kUsual), "one\ntwo\n\nthree\nfour");
  EXPECT_EQ(unescape("\\.ce\\x\\.sk3\\y\\.fi\\\\.nf\\\\.in+4\\\\.ti-2\\z", kUsual).substr(0, 6), "\nx   y");
  EXPECT_EQ(unescape("\\X0D0A\\", kUsual), "\r\n");
  EXPECT_EQ(unescape("\\XE5BCA0\\", kUsual), "张");
  EXPECT_EQ(unescape("\\XD5C5\\", kUsual), "张");  // the same character in GB18030
  EXPECT_EQ(unescape("\\C2842\\x", kUsual), "x");
}

TEST(Escape, UnknownAndUnterminatedStayAsTheyAre) {
  for (const char* text : {"\\Zfoo\\", "\\Q\\", "C:\\temp\\file.txt", "\\", "a\\", "\\X0G\\", "\\X123\\", "\\.xy\\", "\\\\", "100\\% sure"}) {
    EXPECT_EQ(unescape(text, kUsual), text);
  }
  EXPECT_EQ(unescape("C:\\temp\\F\\x", kUsual), "C:\\temp|x");
}

TEST(Escape, DecodedOnceOnly) { EXPECT_EQ(unescape("\\E\\F\\E\\", kUsual), "\\F\\"); }

TEST(Escape, WhatIsWrittenReadsBack) {
  std::mt19937 random(7);
  const std::string alphabet = "ab|^~\\&#\r\n\t.XF0张";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) text.push_back(alphabet[random() % 16]);
    EXPECT_EQ(unescape(escape(text, kUsual), kUsual), text);
    const std::string written = escape(text, kUsual);
    EXPECT_EQ(written.find_first_of("|^~&\r\n"), std::string::npos);
  }
}

TEST(Escape, OwnDelimiters) {
  Delimiters d{'$', '%', '#', '@', '!', '\0'};
  EXPECT_EQ(escape("a$b%c", d), "a@F@b@S@c");
  EXPECT_EQ(unescape("a@F@b|c", d), "a$b|c");
}

}  // namespace
}  // namespace yilian::hl7v2
