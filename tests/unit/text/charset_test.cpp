#include "engine/text/encoding.h"

#include <gtest/gtest.h>

namespace yilian::text {
namespace {

TEST(CharsetNamed, KnowsTable0211AndWhatSendersWrite) {
  const std::pair<const char*, Charset> known[] = {
      {"ASCII", Charset::ascii},
      {"8859/1", Charset::latin1},
      {"8859/2", Charset::iso8859_2},
      {"8859/5", Charset::iso8859_5},
      {"8859/9", Charset::iso8859_9},
      {"8859/15", Charset::iso8859_15},
      {"ISO IR87", Charset::iso2022_jp},
      {"KS X 1001", Charset::euc_kr},
      {"GB 18030-2000", Charset::gb18030},
      {"BIG-5", Charset::big5},
      {"UNICODE UTF-8", Charset::utf8},
      {"UNICODE UTF-16", Charset::utf16be},
      {"UNICODE UTF-32", Charset::utf32be},
      {"UTF-8", Charset::utf8},
      {"utf8", Charset::utf8},
      {"gb18030", Charset::gb18030},
      {"GB_18030", Charset::gb18030},
      {"GBK", Charset::gbk},
      {" gb2312 ", Charset::gb2312},
      {"GB2312-80", Charset::gb2312},
      {"cp936", Charset::gbk},
      {"ISO-8859-1", Charset::latin1},
      {"ISO8859_1", Charset::latin1},
      {"ISO_8859-15", Charset::iso8859_15},
      {"ISO_IR 192", Charset::utf8},
      {"ISO IR 100", Charset::latin1},
      {"windows-1252", Charset::windows1252},
      {"Shift_JIS", Charset::shift_jis},
      {"EUC-KR", Charset::euc_kr},
      {"utf-16le", Charset::utf16le},
  };
  for (const auto& [given, charset] : known) EXPECT_EQ(charset_named(given), charset) << given;
}

TEST(CharsetNamed, GivesNothingForWhatSaysNothing) {
  for (const char* given : {"", " ", "UNICODE", "ISO IR 999", "8859/", "8859/10", "8859/0", "8859/1/2", "GB18031",
                            "\xD5\xC5", "a name that is longer than any charset's name ever was"}) {
    EXPECT_EQ(charset_named(given), std::nullopt) << given;
  }
}

TEST(CharsetNames, LeadBackToTheirCharset) {
  for (int i = 0; i <= static_cast<int>(Charset::euc_kr); ++i) {
    const auto charset = static_cast<Charset>(i);
    EXPECT_EQ(charset_named(name(charset)), charset) << name(charset);
    ASSERT_TRUE(charset_named(hl7_name(charset))) << hl7_name(charset);
    const bool byte_order_left_open = charset == Charset::utf16le || charset == Charset::utf32le;
    if (byte_order_left_open) continue;
    EXPECT_EQ(charset_named(hl7_name(charset)), charset) << hl7_name(charset);
  }
  EXPECT_EQ(name(Charset::utf8), "UTF-8");
  EXPECT_EQ(hl7_name(Charset::utf8), "UNICODE UTF-8");
  EXPECT_EQ(hl7_name(Charset::gb18030), "GB 18030-2000");
}

}  // namespace
}  // namespace yilian::text
