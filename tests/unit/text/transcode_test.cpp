#include <gtest/gtest.h>

#include <algorithm>

#include "engine/text/encoding.h"
#include "engine/text/utf8.h"

namespace yilian::text {
namespace {

using namespace std::string_view_literals;

std::string read(std::string_view bytes, Charset charset) {
  const auto utf8 = to_utf8(bytes, charset);
  return utf8 ? *utf8 : "refused at " + utf8.error().where;
}
std::string write(std::string_view utf8, Charset charset) {
  const auto bytes = from_utf8(utf8, charset);
  return bytes ? *bytes : "refused at " + bytes.error().where;
}

TEST(Transcode, ReadsAndWritesChinese) {
  EXPECT_EQ(read("\xD5\xC5\xC8\xFD", Charset::gb18030), "张三");
  EXPECT_EQ(read("\xD5\xC5\xC8\xFD", Charset::gbk), "张三");
  EXPECT_EQ(write("张三", Charset::gb2312), "\xD5\xC5\xC8\xFD");
  EXPECT_EQ(read("\xB1\x69\xA4\x54", Charset::big5), "張三");
  EXPECT_EQ(write("張三", Charset::big5), "\xB1\x69\xA4\x54");
  EXPECT_EQ(read("\x82\x35\x87\x38", Charset::gb18030), read("\x82\x35\x87\x38", Charset::gb2312));
}

TEST(Transcode, AsciiInTheSecondByteIsNoDelimiter) {
  for (char second : {'|', '^', '~', '\\'}) {
    const std::string bytes = {'\x82', second};
    const std::string utf8 = read(bytes, Charset::gb18030);
    EXPECT_EQ(utf8.size(), 3U);
    EXPECT_EQ(utf8.find(second), std::string::npos);
    EXPECT_EQ(write(utf8, Charset::gb18030), bytes);
  }
}

// Private characters that GB 18030 lent to signs until Unicode had them, and that the C library has no bytes for since.
bool given_up(char32_t c) {
  constexpr char32_t kOthers[] = {0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C,
                                  0xE831, 0xE832, 0xE83B, 0xE843, 0xE854, 0xE855, 0xE864};
  return (c >= 0xE78D && c <= 0xE796) || std::ranges::find(kOthers, c) != std::end(kOthers);
}

TEST(Transcode, Gb18030HoldsEveryCharacter) {
  for (char32_t first = 0; first < 0x110000; first += 0x400) {
    std::string utf8;
    for (char32_t c = first; c < first + 0x400; ++c) {
      const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
      if (!surrogate && !given_up(c)) append_character(utf8, c);
    }
    const auto bytes = from_utf8(utf8, Charset::gb18030);
    ASSERT_TRUE(bytes) << std::hex << static_cast<unsigned>(first) << ' ' << bytes.error().where;
    ASSERT_EQ(read(*bytes, Charset::gb18030), utf8) << std::hex << static_cast<unsigned>(first);
  }
}

TEST(Transcode, GrowsWhereTheResultIsLonger) {
  std::string euros(5000, '\xA4');
  const std::string utf8 = read(euros, Charset::iso8859_15);
  EXPECT_EQ(utf8.size(), 15000U);
  EXPECT_EQ(write(utf8, Charset::iso8859_15), euros);
}

TEST(Transcode, SaysWhereAByteIsNoCharacter) {
  EXPECT_EQ(read("ab\xFF", Charset::utf8), "refused at byte 2");
  EXPECT_EQ(read("ab\x80", Charset::ascii), "refused at byte 2");
  EXPECT_EQ(read("a\xD5\xC5\xD5", Charset::gb18030), "refused at byte 3");
  EXPECT_EQ(read("a\xD5\xC5\xFF\x41", Charset::gb18030), "refused at byte 3");
  EXPECT_EQ(read("\x41\x00\x42"sv, Charset::utf16le), "refused at byte 2");
  const auto issue = to_utf8("\xFF", Charset::utf8).error();
  EXPECT_EQ(issue.code, Code::bad_encoding);
}

TEST(Transcode, NeverApproximates) {
  EXPECT_EQ(write("a张", Charset::latin1), "refused at byte 1");
  EXPECT_EQ(write("\uE78D", Charset::gb18030), "refused at byte 0");
  EXPECT_EQ(write("ab\u2018", Charset::ascii), "refused at byte 2");
  EXPECT_EQ(write("𬭎", Charset::gbk), "refused at byte 0");
  EXPECT_EQ(write("ab\xFF", Charset::gb18030), "refused at byte 2");
  // glibc would drop this tag character without a word
  EXPECT_EQ(write("a\U000E0067", Charset::latin1), "refused at byte 1");
}

TEST(Transcode, AnEscapeInTextIsNoSwitchOfSets) {
  EXPECT_EQ(write("a\x1B$B", Charset::iso2022_jp), "refused at byte 1");
  EXPECT_EQ(write("\x0E", Charset::iso2022_kr), "refused at byte 0");
  EXPECT_EQ(write("a\x1B", Charset::gb18030), "a\x1B");
}

TEST(Transcode, AFailureLeavesNoTraceInTheNextCall) {
  EXPECT_EQ(read("\x1B$B;", Charset::iso2022_jp), "refused at byte 3");
  EXPECT_EQ(read("abc", Charset::iso2022_jp), "abc");
  EXPECT_EQ(read("\xD5", Charset::gb18030), "refused at byte 0");
  EXPECT_EQ(read("\xD5\xC5", Charset::gb18030), "张");
}

TEST(Transcode, ReadsTheNeighbours) {
  EXPECT_EQ(read("\x1B$B;3ED\x1B(B^A", Charset::iso2022_jp), "山田^A");
  EXPECT_EQ(write("山田", Charset::iso2022_jp), "\x1B$B;3ED\x1B(B");
  EXPECT_EQ(read("\x8E\x52\x93\x63\\", Charset::shift_jis), "山田\\");
  EXPECT_EQ(read("\xB1\xE8", Charset::euc_kr), "김");
  EXPECT_EQ(read("M\xFCller", Charset::latin1), "Müller");
  EXPECT_EQ(read("\x93\x94", Charset::windows1252), "“”");
  EXPECT_EQ(read("\x20\x5F\x09\x4E"sv, Charset::utf16le), "\u5F20\u4E09");
}

TEST(Transcode, EveryCharsetCanBeOpenedBothWays) {
  for (int i = 0; i <= static_cast<int>(Charset::euc_kr); ++i) {
    const auto charset = static_cast<Charset>(i);
    const auto bytes = from_utf8("MSH|1\r", charset);
    ASSERT_TRUE(bytes) << name(charset);
    EXPECT_EQ(read(*bytes, charset), "MSH|1\r") << name(charset);
  }
}

}  // namespace
}  // namespace yilian::text
