#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {
namespace {

std::string gb(std::string_view utf8) { return *text::from_utf8(utf8, text::Charset::gb18030); }
std::string message(std::string_view charset, const std::string& name) {
  return "MSH|^~\\&|HIS|H|Y|A|20261124||ADT^A01|1|P|2.4||||||" + std::string(charset) + "\rPID|1||P1||" + name + "||19580307\r";
}

TEST(Read, Gb18030WithRightWrongAndEmptyDeclaration) {
  for (const char* declared : {"GB 18030-2000", "UNICODE UTF-8", "", "8859/1", "GBK", "ASCII"}) {
    const auto read = hl7v2::read(message(declared, gb("张三")), std::nullopt);
    ASSERT_TRUE(read) << declared << ": " << read.error().line();
    EXPECT_EQ(read->message.field(1, 5), "张三") << declared;
    EXPECT_EQ(read->message.field(1, 7), "19580307") << declared;
  }
}

TEST(Read, Utf8WithRightWrongAndEmptyDeclaration) {
  for (const char* declared : {"UNICODE UTF-8", "GB 18030-2000", "", "UNICODE"}) {
    const auto read = hl7v2::read(message(declared, "李秀英"), std::nullopt);
    ASSERT_TRUE(read) << declared;
    EXPECT_EQ(read->message.field(1, 5), "李秀英") << declared;
  }
}

// 0x7C, 0x5E, 0x7E and 0x5C occur as second bytes: split before decoding, these names would fall apart.
TEST(Read, SecondBytesThatLookLikeDelimitersDoNotSplit) {
  int tried = 0;
  for (unsigned lead = 0x81; lead <= 0xFE; ++lead) {
    for (const unsigned char second : {'|', '^', '~', '\\'}) {
      const std::string bytes{static_cast<char>(lead), static_cast<char>(second)};
      const auto character = text::to_utf8(bytes, text::Charset::gb18030);
      if (!character) continue;
      const auto read = hl7v2::read(message("GB 18030-2000", gb("王") + bytes), std::nullopt);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->message.field(1, 5), "王" + *character);
      ++tried;
    }
  }
  EXPECT_GT(tried, 400);
}

TEST(Read, AFalseDeclarationIsTold) {
  const auto read = hl7v2::read(message("UNICODE UTF-8", gb("张三")), std::nullopt);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->message.notices().size(), 1u);
  EXPECT_EQ(read->message.notices()[0].where, "MSH-18");
}

TEST(Read, BytesOfNoCharsetAreRefusedNotReplaced) {
  const auto read = hl7v2::read(message("", "\xFF\xFE\x80|\xFF"), std::nullopt);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::bad_encoding);
}

TEST(Read, HeaderNamesInGbkDoNotHideTheCharset) {
  // Its second byte is '|': counted by bytes alone, MSH-18 would be looked for one field too early.
  std::string name;
  for (unsigned lead = 0x81; lead <= 0xFE && name.empty(); ++lead) {
    const std::string bytes{static_cast<char>(lead), '|'};
    if (text::to_utf8(bytes, text::Charset::gb18030)) name = bytes;
  }
  ASSERT_FALSE(name.empty());
  const auto read = hl7v2::read("MSH|^~\\&|" + name + "|H|Y|A|20261124||ADT^A01|1|P|2.4||||||GB 18030-2000\rPID|1||P1||" + gb("张三") + "\r", std::nullopt);
  ASSERT_TRUE(read) << read.error().line();
  EXPECT_EQ(read->message.event(), "A01");
  EXPECT_EQ(read->message.field(1, 5), "张三");
  EXPECT_TRUE(read->message.notices().empty());
}

TEST(Read, TheFirstRepetitionThatNamesACharsetCounts) {
  for (const char* declared : {"UTF-8~UNICODE", "UNICODE~UNICODE UTF-8", "UNICODE UTF-8^x"}) {
    const auto read = hl7v2::read(message(declared, "张三"), std::nullopt);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->message.field(1, 5), "张三");
  }
}

TEST(Read, Utf16WithItsMark) {
  const auto wide = text::from_utf8("\xEF\xBB\xBF" + message("UNICODE UTF-16", "张三"), text::Charset::utf16le);
  ASSERT_TRUE(wide);
  const auto read = hl7v2::read(*wide, std::nullopt);
  ASSERT_TRUE(read) << read.error().line();
  EXPECT_EQ(read->message.field(1, 5), "张三");
}

}  // namespace
}  // namespace yilian::hl7v2
