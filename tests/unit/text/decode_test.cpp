// Which charset bytes are read in, when the declaration is right, missing or a lie.

#include <gtest/gtest.h>

#include "engine/text/encoding.h"

namespace yilian::text {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string utf8;      // what it says
  Charset sent;          // what it is sent in
  const char* declared;  // what MSH-18 claims
  bool wrong = false;    // whether the claim is a lie
  std::optional<Charset> otherwise = std::nullopt;
  std::optional<Charset> read = std::nullopt;  // when not as sent
};

void expect(const Case& c) {
  SCOPED_TRACE(c.utf8 + " in " + std::string(name(c.sent)) + " declared \"" + c.declared + '"');
  const auto bytes = from_utf8(c.utf8, c.sent);
  ASSERT_TRUE(bytes);
  const auto decoded = decode(*bytes, c.declared, c.otherwise);
  ASSERT_TRUE(decoded) << decoded.error().line();
  EXPECT_EQ(decoded->utf8, c.utf8);
  EXPECT_EQ(name(decoded->charset), name(c.read.value_or(c.sent)));
  EXPECT_EQ(decoded->declared_wrong, c.wrong);
}

const std::string kChinese = "MSH|^~\\&|HIS\rPID|1||123||张^三||19800101|男|||湖北省武汉市\r";
const std::string kWestern = "MSH|^~\\&|HIS\rPID|1||123||Müller^Jörg||19800101|M|||Größe Straße\r";

TEST(Decode, BelievesATrueDeclaration) {
  expect({kChinese, Charset::utf8, "UNICODE UTF-8"});
  expect({kChinese, Charset::gb18030, "GB 18030-2000"});
  expect({kChinese, Charset::gbk, "GBK", false, {}, Charset::gb18030});
  expect({kChinese, Charset::gb2312, "GB2312", false, {}, Charset::gb18030});
  expect({kWestern, Charset::latin1, "8859/1"});
  expect({kWestern, Charset::utf8, "UTF-8"});
  expect({"PID|1||山田", Charset::iso2022_jp, "ISO IR87"});
  expect({"PID|1||山田", Charset::shift_jis, "Shift_JIS"});
  expect({"PID|1||김철수", Charset::euc_kr, "KS X 1001"});
  expect({"PID|1||張三豐", Charset::big5, "BIG-5"});
  expect({"PID|1||Иванов", Charset::iso8859_5, "8859/5"});
  expect({"PID|1||Dvořák", Charset::iso8859_2, "8859/2"});
}

TEST(Decode, FindsWhatIsNotDeclared) {
  for (const char* silent : {"", "UNICODE", "ISO IR 999"}) {
    expect({kChinese, Charset::utf8, silent});
    expect({kChinese, Charset::gb18030, silent});
    expect({kWestern, Charset::utf8, silent});
    expect({kWestern, Charset::latin1, silent});
  }
}

TEST(Decode, SeesThroughALie) {
  for (const char* lie : {"ASCII", "8859/1", "8859/15", "UNICODE UTF-8", "BIG-5", "UNICODE UTF-16"}) {
    if (std::string_view(lie) != "BIG-5") expect({kChinese, Charset::gb18030, lie, true});
    if (std::string_view(lie) != "UNICODE UTF-8") expect({kChinese, Charset::utf8, lie, true});
  }
  expect({kChinese, Charset::utf8, "GB 18030-2000", true});
  expect({kChinese, Charset::utf8, "GBK", true});
  expect({kWestern, Charset::utf8, "8859/1", true});
  expect({kWestern, Charset::utf8, "ASCII", true});
  expect({kWestern, Charset::latin1, "ASCII", true});
  expect({kWestern, Charset::latin1, "UNICODE UTF-8", true});
  expect({kWestern, Charset::latin1, "UNICODE UTF-8", true, Charset::latin1});
}

TEST(Decode, KeepsWesternNamesUnderLatin1) {
  for (const char* text : {"Müller", "PID|||1||Größe", "Ærøskøbing", "Jönköping^Åsa", "José^Peña", "37 °C", "5 µg/L",
                           "10²", "Ñandú", "naïve", "créée", "¿Qué?", "GRÖSSE ÄÖ Müller Größe"}) {
    expect({text, Charset::latin1, "8859/1"});
  }
}

TEST(Decode, ReadsChineseUnderLatin1) {
  for (const char* text : {"张三", "PID|1||||李^珺", "|王||女|", "血常规", "体温 37.5℃", "冯^喆", "A型",
                           "乙肝（两对半）", "|白细胞计数|×10^9/L"}) {
    expect({text, Charset::gb18030, "8859/1", true});
    expect({text, Charset::gb18030, "ASCII", true});
    expect({text, Charset::gb18030, ""});
  }
}

// One Hanzi alone in a field can be valid UTF-8 by accident (女 is C5 AE, in UTF-8 Ů).
TEST(Decode, KnowsALoneHanziFromAnAccentedLetter) {
  for (const char* text :
       {"PID|1||9||ZHANG^SAN||19800101|女\r", "SPM|1|||血\r", "PID|||||陆^伟", "PID|||||鲁^班", "OBX|1|ST|X||胃"}) {
    expect({text, Charset::gb18030, ""});
    expect({text, Charset::gb18030, "GB 18030-2000"});
    expect({text, Charset::gb18030, "8859/1", true});
  }
  for (const char* text : {"Dvořák^Jiří", "OBX|1|NM|β2-MG||1", "IFN-γ1", "37°C", "5 µg/L", "Müller", "Łukasz",
                           "Иванов^Пётр", "Ελένη", "10³", "محمد"}) {
    expect({text, Charset::utf8, ""});
    expect({text, Charset::utf8, "UTF-8"});
  }
  expect({"SPM|1|||Ů\r", Charset::utf8, "UNICODE UTF-8"});
  expect({"SPM|1|||Ů\r", Charset::utf8, "", false, Charset::utf8});
}

TEST(Decode, AsksTheFeedsSetting) {
  expect({"PID|1||張三豐", Charset::big5, "", false, Charset::big5});
  expect({"PID|1||Иванов Иван", Charset::iso8859_5, "", false, Charset::iso8859_5});
  expect({kChinese, Charset::gb18030, "", false, Charset::latin1});
  expect({kChinese, Charset::utf8, "", false, Charset::gb18030});
  expect({"PID|1||M\u00FCller", Charset::latin1, "", false, Charset::latin1});
}

TEST(Decode, AsciiIsWhatIsDeclared) {
  const std::string plain = "MSH|^~\\&|LAB\rPID|1\r";
  const std::pair<const char*, Charset> cases[] = {
      {"", Charset::ascii},      {"ASCII", Charset::ascii},      {"GB 18030-2000", Charset::gb18030},
      {"GBK", Charset::gb18030}, {"UTF-8", Charset::utf8},       {"8859/1", Charset::latin1},
      {"BIG-5", Charset::big5},  {"ISO IR 999", Charset::ascii}, {"ISO IR87", Charset::ascii},
  };
  for (const auto& [declared, charset] : cases) {
    const auto decoded = decode(plain, declared, std::nullopt);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->utf8, plain);
    EXPECT_EQ(name(decoded->charset), name(charset)) << declared;
    EXPECT_FALSE(decoded->declared_wrong) << declared;
  }
  EXPECT_TRUE(decode(plain, "UNICODE UTF-16", std::nullopt)->declared_wrong);
}

TEST(Decode, FindsSevenBitJapaneseByItsEscapes) {
  const auto decoded = decode("PID|1||\x1B$B;3ED\x1B(B", "", std::nullopt);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->utf8, "PID|1||山田");
  EXPECT_EQ(decoded->charset, Charset::iso2022_jp);
  const auto stray = decode("cost \x1B$ 5", "", std::nullopt);  // opens no set: stays ASCII
  ASSERT_TRUE(stray);
  EXPECT_EQ(stray->utf8, "cost \x1B$ 5");
}

TEST(Decode, ByteOrderMarkDecidesAndGoes) {
  for (Charset charset : {Charset::utf8, Charset::utf16le, Charset::utf16be, Charset::utf32le, Charset::utf32be}) {
    const auto bytes = from_utf8("\uFEFF" + kChinese, charset);
    ASSERT_TRUE(bytes);
    const auto decoded = decode(*bytes, "", std::nullopt);
    ASSERT_TRUE(decoded) << name(charset);
    EXPECT_EQ(decoded->utf8, kChinese);
    EXPECT_EQ(name(decoded->charset), name(charset));
    EXPECT_TRUE(decode(*bytes, "GB 18030-2000", std::nullopt)->declared_wrong);
  }
  const auto utf16 = from_utf8("\uFEFF" + kChinese, Charset::utf16le);
  EXPECT_FALSE(decode(*utf16, "UNICODE UTF-16", std::nullopt)->declared_wrong);
  EXPECT_EQ(decode("\xEF\xBB\xBF", "", std::nullopt)->utf8, "");
}

TEST(Decode, FindsUtf16WithoutAMark) {
  for (Charset charset : {Charset::utf16le, Charset::utf16be, Charset::utf32le, Charset::utf32be}) {
    expect({kChinese, charset, ""});
    expect({kChinese, charset, charset <= Charset::utf16be ? "UNICODE UTF-16" : "UNICODE UTF-32"});
  }
}

TEST(Decode, WindowsQuotesUnderLatin1) {
  const auto decoded = decode(
      "it\x92s Fr\xE9"
      "d\xE9ric",
      "8859/1", std::nullopt);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->utf8, "it’s Frédéric");
  EXPECT_EQ(decoded->charset, Charset::windows1252);
  EXPECT_FALSE(decoded->declared_wrong);
}

TEST(Decode, RefusesWhatNothingFits) {
  for (std::string_view bytes : {"PID|\xFF\xFF|"sv, "PID|\x80|"sv, "\xD5\xC5\xC8\xFD\xFF"sv}) {
    const auto decoded = decode(bytes, "GB 18030-2000", std::nullopt);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Code::bad_encoding);
    EXPECT_FALSE(decoded.error().where.empty());
    EXPECT_FALSE(decoded.error().cure.empty());
  }
}

TEST(Decode, KeepsAReplacementCharacterThatWasSent) {
  expect({"PID|1||\uFFFD三", Charset::utf8, "UTF-8"});  // lost at the sender: what it sent is what is kept
}

TEST(Decode, NothingIsNothing) {
  const auto decoded = decode("", "GBK", std::nullopt);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->utf8, "");
}

}  // namespace
}  // namespace yilian::text
