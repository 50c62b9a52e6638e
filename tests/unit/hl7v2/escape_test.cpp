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

TEST(Escape, ACharacterSpreadOverSeveralHexEscapes) {
  EXPECT_EQ(unescape("\\XE5\\\\XBC\\\\XA0\\", kUsual), "张");
  EXPECT_EQ(unescape("\\X41\\\\XZZ\\", kUsual), "A\\XZZ\\");
  EXPECT_EQ(unescape("\\XFF\\", kUsual), "ÿ");  // neither UTF-8 nor GB18030
}

TEST(Escape, Iso2022Switches) {
  EXPECT_EQ(unescape("\\M2442\\;3ED\\C2842\\ Taro", kUsual), "山田 Taro");  // JIS X 0208 in seven bits
  EXPECT_EQ(unescape("\\M2441\\UEH}\\C2842\\", kUsual), "张三");               // GB 2312 in seven bits
  EXPECT_EQ(unescape("\\C2D41\\M\xC3\xBCller", kUsual), "M\xC3\xBCller");       // decoded with the message
  EXPECT_EQ(unescape("\\M2442\\odd", kUsual), "\\M2442\\odd");
  EXPECT_EQ(unescape("\\M9999\\;3ED", kUsual), "\\M9999\\;3ED");
}

TEST(Escape, WindowsPathsSurvive) {
  for (const char* path : {"C:\\Users\\li\\report.pdf", "\\\\server\\share\\x.dcm", "D:\\data\\2026\\"}) EXPECT_EQ(unescape(path, kUsual), path);
}

TEST(Escape, LongHostileTextTakesLinearTime) {
  std::string text;
  while (text.size() < 2'000'000) text += "\\X4\\M2442\\";
  EXPECT_EQ(unescape(text, kUsual).size(), text.size());
  EXPECT_EQ(unescape(std::string(2'000'001, '\\'), kUsual).size(), 2'000'001u);
}

}  // namespace
}  // namespace yilian::hl7v2
