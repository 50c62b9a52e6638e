#include "engine/mapping/convert.h"

#include <gtest/gtest.h>

#include "engine/fhir/definitions.h"

namespace yilian::mapping {
namespace {

std::string made(Primitive to, std::string_view text) {
  fhir::Arena arena;
  const auto result = convert(to, text, Zone::shanghai(), arena);
  return result ? std::string(*result) : "-";
}

struct Case {
  std::string_view given, wanted;
};

TEST(Convert, DateTimesKeepTheirPrecision) {
  const Case cases[] = {
      {"1993", "1993"},
      {"199311", "1993-11"},
      {"19931120", "1993-11-20"},
      {"1993112008", "1993-11-20T08:00:00+08:00"},
      {"199311200830", "1993-11-20T08:30:00+08:00"},
      {"19931120083059", "1993-11-20T08:30:59+08:00"},
      {"19931120083059.1234", "1993-11-20T08:30:59.1234+08:00"},
      {"19931120083059-0500", "1993-11-20T08:30:59-05:00"},
      {"19931120083059.12+0530", "1993-11-20T08:30:59.12+05:30"},
      {"1993112008+0800", "1993-11-20T08:00:00+08:00"},
      {"19991001000000", "1999-10-01T00:00:00+08:00"},
      {"1993-11-20 00:00:00.0", "1993-11-20T00:00:00.0+08:00"},
      {"1993-11-20T08:30:00Z", "1993-11-20T08:30:00+00:00"},
      {"1993-11-20T08:30+09:00", "1993-11-20T08:30:00+09:00"},
      {"1993-11-20", "1993-11-20"},
      {"1993-11", "1993-11"},
      {"1993/1/2 8:05:00", "1993-01-02T08:05:00+08:00"},
      {"1993.01.02", "1993-01-02"},
      {"19931120 083000", "1993-11-20T08:30:00+08:00"},
      {"202602282400", "2026-03-01T00:00:00+08:00"},
      {"20261231240000", "2027-01-01T00:00:00+08:00"},
      {"20240229", "2024-02-29"},
      {"20230229", "-"},
      {"19931320", "-"},
      {"19931100", "-"},
      {"1993112025", "-"},
      {"199311208360", "-"},
      {"00000101", "-"},
      {"1993112", "-"},
      {"19931120083059x", "-"},
      {"yesterday", "-"},
      {"20261231240001", "-"},
      {"", "-"},
      {"+0800", "-"},
      {"19931120083059.", "1993-11-20T08:30:59+08:00"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(made(Primitive::date_time, c.given), c.wanted) << c.given;
    if (c.wanted != "-") {
      EXPECT_TRUE(fhir::valid_primitive("dateTime", c.wanted)) << c.wanted;
    }
  }
}

TEST(Convert, DatesInstantsAndTimes) {
  EXPECT_EQ(made(Primitive::date, "19991001000000"), "1999-10-01");
  EXPECT_EQ(made(Primitive::date, "1999"), "1999");
  EXPECT_EQ(made(Primitive::instant, "20260102075959"), "2026-01-02T07:59:59+08:00");
  EXPECT_EQ(made(Primitive::instant, "202601020759"), "-");
  EXPECT_EQ(made(Primitive::time, "0830"), "08:30:00");
  EXPECT_EQ(made(Primitive::time, "083015.25"), "08:30:15.25");
  EXPECT_EQ(made(Primitive::time, "8:30"), "08:30:00");
  EXPECT_EQ(made(Primitive::time, "20260102083015"), "08:30:15");
  EXPECT_EQ(made(Primitive::time, "2560"), "-");
}

TEST(Convert, NumbersAreWhatJsonAllows) {
  const Case decimals[] = {{"1.50", "1.50"},
                           {"+2", "2"},
                           {"-0.5", "-0.5"},
                           {".5", "0.5"},
                           {"5.", "5"},
                           {"007.10", "7.10"},
                           {"1,234.5", "1234.5"},
                           {"1,234,567", "1234567"},
                           {"3,9", "-"},
                           {"<5", "-"},
                           {"1e5", "1e5"},
                           {"1e", "-"},
                           {"", "-"},
                           {"-", "-"},
                           {".", "-"},
                           {"1.2.3", "-"},
                           {"0", "0"},
                           {"000", "0"},
                           {"1 2", "-"},
                           {"12,34", "-"},
                           {",123", "-"},
                           {"NaN", "-"},
                           {"0x10", "-"},
                           {"-007", "-7"},
                           {"1234,567", "-"}};
  for (const Case& c : decimals) {
    EXPECT_EQ(made(Primitive::decimal, c.given), c.wanted) << c.given;
    if (c.wanted != "-") {
      EXPECT_TRUE(fhir::valid_primitive("decimal", c.wanted)) << c.wanted;
    }
  }
  const Case integers[] = {
      {"12", "12"},        {"-3", "-3"},         {"3.0", "3"}, {"3.5", "-"}, {"2147483647", "2147483647"},
      {"2147483648", "-"}, {"99999999999", "-"}, {"-0", "0"}};
  for (const Case& c : integers) EXPECT_EQ(made(Primitive::integer, c.given), c.wanted) << c.given;
  EXPECT_EQ(made(Primitive::unsigned_int, "-1"), "-");
  EXPECT_EQ(made(Primitive::positive_int, "0"), "-");
}

TEST(Convert, TextsCodesAndUris) {
  EXPECT_EQ(made(Primitive::boolean, "Y"), "true");
  EXPECT_EQ(made(Primitive::boolean, "0"), "false");
  EXPECT_EQ(made(Primitive::boolean, "maybe"), "-");
  EXPECT_EQ(made(Primitive::string, "a\x01\x02z\n"), "a  z\n");
  EXPECT_EQ(made(Primitive::code, "a   b"), "a b");
  EXPECT_EQ(made(Primitive::code, "m\x7F"), "m");
  EXPECT_EQ(made(Primitive::code, "\x7F"), "-");
  EXPECT_EQ(made(Primitive::uri, "a b"), "-");
  EXPECT_EQ(made(Primitive::uri, "urn:\x7F"), "-");
  EXPECT_EQ(made(Primitive::id, "a_b"), "-");
  EXPECT_EQ(made(Primitive::base64, "QU\nJD"), "QUJD");
  EXPECT_EQ(made(Primitive::base64, "QUJ"), "-");
  EXPECT_EQ(made(Primitive::base64, "===="), "-");
}

TEST(Convert, BytesToBase64) {
  fhir::Arena arena;
  EXPECT_EQ(base64_of_bytes("", arena), "");
  EXPECT_EQ(base64_of_bytes("A", arena), "QQ==");
  EXPECT_EQ(base64_of_bytes("AB", arena), "QUI=");
  EXPECT_EQ(base64_of_bytes("ABC", arena), "QUJD");
  EXPECT_EQ(base64_of_hex("41 42 43", arena).value_or("-"), "QUJD");
  EXPECT_FALSE(base64_of_hex("4", arena));
  EXPECT_FALSE(base64_of_hex("4G", arena));
}

TEST(Convert, MomentsForOrder) {
  EXPECT_EQ(moment("19700101080000", Zone::shanghai()), 0);
  EXPECT_EQ(moment("19700101000001.25+0000", Zone::shanghai()), 1'250'000);
  EXPECT_EQ(moment("19700102", Zone::shanghai()), 16LL * 3600 * 1'000'000);
  EXPECT_FALSE(moment("1970", Zone::shanghai()));
  EXPECT_FALSE(moment("", Zone::shanghai()));
}

}  // namespace
}  // namespace yilian::mapping
