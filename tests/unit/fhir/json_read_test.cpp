#include <gtest/gtest.h>

#include <algorithm>

#include "engine/fhir/json.h"

namespace yilian::fhir {
namespace {

std::string round_trip(std::string_view text) {
  Arena arena;
  const Result<Json*> read = read_json(text, arena);
  return read ? write_json(**read) : "refused: " + read.error().line();
}

Code refusal(std::string_view text, const ReadLimits& limits = {}) {
  Arena arena;
  const Result<Json*> read = read_json(text, arena, limits);
  EXPECT_FALSE(read) << text;
  return read ? Code::internal : read.error().code;
}

TEST(ReadJson, KeepsOrderAndNumberText) {
  constexpr std::string_view text =
      R"({"z":1.50,"a":-0.0,"e":1E+2,"big":123456789012345678901234567890,"n":null,"t":true,"f":false,"l":[[],{}]})";
  EXPECT_EQ(round_trip(text), text);
}

TEST(ReadJson, TakesAnyValueAndWhiteSpace) {
  EXPECT_EQ(round_trip(" \t\r\n null "), "null");
  EXPECT_EQ(round_trip("\"\""), "\"\"");
  EXPECT_EQ(round_trip("-1"), "-1");
  EXPECT_EQ(round_trip("[ 1 , 2 ]"), "[1,2]");
  EXPECT_EQ(round_trip("\xEF\xBB\xBF{ \"a\" : 1 }"), R"({"a":1})");
}

TEST(ReadJson, UndoesEscapes) {
  Arena arena;
  const Json* read = *read_json(
      R"(["\"\\\/\b\f\n\r\t","\u0041\u00e9\u5F20\uD83D\uDE00","a\u0000b","x\nlong plain text behind it"])", arena);
  EXPECT_EQ(read->items()[0].text(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(read->items()[1].text(), "Aé张😀");
  EXPECT_EQ(read->items()[2].text(), std::string_view("a\0b", 3));
  EXPECT_EQ(read->items()[3].text(), "x\nlong plain text behind it");
}

TEST(ReadJson, ReadsStringsOfEveryLengthAndMixture) {
  for (std::size_t length = 0; length < 40; ++length) {
    for (const std::string_view unit : {"a", "é", "张", "😀"}) {
      std::string text(length, 'x');
      text.append(unit).append(length % 7, 'y');
      EXPECT_EQ(round_trip("\"" + text + "\""), "\"" + text + "\"");
    }
  }
}

TEST(ReadJson, RefusesWhatIsNoJson) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[",
                                      "\"",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{a:1}",
                                      "{1:2}",
                                      "[1 2]",
                                      "{\"a\" 1}",
                                      "{\"a\":1 \"b\":2}",
                                      "[1}",
                                      "{\"a\":1]",
                                      "1 2",
                                      "{} x",
                                      "]",
                                      "}",
                                      "nul",
                                      "nulll",
                                      "tru",
                                      "True",
                                      "NaN",
                                      "Infinity",
                                      "'a'",
                                      "// c\n1",
                                      "/* */1",
                                      "01",
                                      "-",
                                      "-a",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "1e",
                                      "1e+",
                                      "0x10",
                                      "1.e2",
                                      "--1",
                                      "\"\\x\"",
                                      "\"\\",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"a\nb\"",
                                      "\"a\tb\"",
                                      "\"\\uD800\"",
                                      "\"\\uDC00\"",
                                      "\"\\uD800\\u0041\"",
                                      "\"\\uD800x\"",
                                      "\"\\uDE00\\uD83D\"",
                                      "\xFE\xFF"}) {
    EXPECT_EQ(refusal(text), Code::bad_syntax) << text;
  }
  EXPECT_EQ(refusal(std::string_view("\0", 1)), Code::bad_syntax);
  EXPECT_EQ(refusal(std::string_view("1\0", 2)), Code::bad_syntax);
  EXPECT_EQ(refusal(std::string_view("\"a\0b\"", 5)), Code::bad_syntax);
}

TEST(ReadJson, RefusesEveryPrefix) {
  constexpr std::string_view text = R"({"a":["张\u5F20三",-1.5e-3,true,{"b":null}],"c":"\uD83D\uDE00"})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    Arena arena;
    EXPECT_FALSE(read_json(text.substr(0, length), arena)) << text.substr(0, length);
  }
  EXPECT_EQ(round_trip(text), R"({"a":["张张三",-1.5e-3,true,{"b":null}],"c":"😀"})");
}

TEST(ReadJson, RefusesBytesThatAreNoUtf8) {
  for (const std::string_view bytes :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xE5\xBC", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x9F\x98",
        "\xD5\xC5\xC8\xFD" /* 张三 in GB18030 */}) {
    EXPECT_EQ(refusal("\"abcdefgh" + std::string(bytes) + "\""), Code::bad_encoding);
    EXPECT_EQ(refusal("{\"" + std::string(bytes) + "\":1}"), Code::bad_encoding);
  }
}

TEST(ReadJson, SaysWhere) {
  Arena arena;
  EXPECT_EQ(read_json(R"({"a":1,"b":x})", arena).error().where, "byte 11");
  EXPECT_EQ(read_json("\"abc\xFF\"", arena).error().where, "byte 4");
}

TEST(ReadJson, RefusesMembersGivenTwice) {
  EXPECT_EQ(refusal(R"({"a":1,"b":2,"a":3})"), Code::bad_syntax);
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":3})"), Code::bad_syntax);
  EXPECT_EQ(refusal(R"([{"x":{"":1,"":2}}])"), Code::bad_syntax);
  std::string many = "{";
  for (int i = 0; i < 300; ++i) many += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_EQ(round_trip(many + "\"n\":0}"), many + "\"n\":0}");
  EXPECT_EQ(refusal(many + "\"m7\":0}"), Code::bad_syntax);
  EXPECT_EQ(round_trip(R"({"ab":1,"ba":2,"aab":{"ab":1}})"), R"({"ab":1,"ba":2,"aab":{"ab":1}})");
}

TEST(ReadJson, BoundsDepth) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(round_trip(nested(100)), nested(100));
  EXPECT_EQ(refusal(nested(101)), Code::too_deep);
  EXPECT_EQ(refusal(nested(10'000)), Code::too_deep);
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), Code::too_deep);
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(refusal(objects), Code::too_deep);
  EXPECT_EQ(refusal(nested(1), {.depth = 0}), Code::too_deep);
  EXPECT_EQ(refusal(nested(kDeepest + 1), {.depth = 1'000'000}), Code::too_deep);
  Arena arena;
  const Result<Json*> deepest = read_json(nested(kDeepest), arena, {.depth = kDeepest});
  ASSERT_TRUE(deepest);
  EXPECT_TRUE(equal(**deepest, *copy(**deepest, arena)));
}

TEST(ReadJson, BoundsBytesAndValues) {
  EXPECT_EQ(refusal("[1,2,3]", {.bytes = 6}), Code::too_large);
  Arena arena;
  EXPECT_TRUE(read_json("[1,2,3]", arena, {.bytes = 7}));
  EXPECT_TRUE(read_json("[1,2,3]", arena, {.values = 4}));
  EXPECT_EQ(refusal("[1,2,3]", {.values = 3}), Code::too_large);
}

TEST(ReadJson, OwnsItsText) {
  Arena arena;
  std::string text = R"({"name":"text that is not escaped"})";
  const Json* read = *read_json(text, arena);
  std::ranges::fill(text, '#');
  EXPECT_EQ(read->text_at("name"), "text that is not escaped");
}

}  // namespace
}  // namespace yilian::fhir
