#include "engine/fhir/primitive.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "engine/fhir/definitions.h"

namespace yilian::fhir {
namespace {

using Texts = std::initializer_list<std::string_view>;

void expect(std::string_view type, Texts valid, Texts invalid) {
  for (const std::string_view text : valid) EXPECT_TRUE(valid_primitive(type, text)) << type << " " << text;
  for (const std::string_view text : invalid) EXPECT_FALSE(valid_primitive(type, text)) << type << " " << text;
}

TEST(Primitive, Dates) {
  expect("date", {"2024", "2024-02", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"},
         {"", "0000", "24", "20240229", "2024-13", "2024-00", "2023-02-29", "1900-02-29", "2024-04-31", "2024-01-00",
          "2024-1-1", "2024-02-", "2024-", "2024-02-29T10:00:00Z", " 2024", "2024-02-29 ", "２０２４"});
}

TEST(Primitive, DateTimes) {
  expect("dateTime",
         {"2024", "2024-02", "2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:60+08:00",
          "2024-02-29T10:00:00.123456789-13:59", "2024-02-29T10:00:00+14:00"},
         {"", "2024-02-29T10:00", "2024-02-29T10:00:00", "2024-02-29T24:00:00Z", "2024-02-29T10:60:00Z",
          "2024-02-29T10:00:61Z", "2024-02T10:00:00Z", "2024-02-29T10:00:00.Z", "2024-02-29T10:00:00+14:30",
          "2024-02-29T10:00:00+15:00", "2024-02-29T10:00:00+0800", "2024-02-29t10:00:00z", "2024-02-29 10:00:00Z",
          "2024-02-30T10:00:00Z", "2024-02-29T10:00:00ZZ"});
  expect("instant", {"2024-02-29T10:00:00Z", "2024-02-29T10:00:00.1+08:00"},
         {"2024", "2024-02-29", "2024-02-29T10:00:00"});
  expect("time", {"00:00:00", "23:59:60", "10:11:12.5"},
         {"", "24:00:00", "10:00", "10:00:00Z", "1:00:00", "10:00:00."});
}

TEST(Primitive, Numbers) {
  expect("integer", {"0", "7", "-7", "2147483647", "-2147483648", "-0"},
         {"", "-", "+7", "07", "2147483648", "-2147483649", "1.0", "1e3", "99999999999"});
  expect("unsignedInt", {"0", "1", "2147483647"}, {"", "-1", "-0", "01", "2147483648", "1.0"});
  expect("positiveInt", {"1", "2147483647"}, {"", "0", "-1", "01", "2147483648"});
  expect("decimal", {"0", "-0", "1.50", "0.1", "-12.5e-3", "1E5", "1e+10", "123456789012345678901"},
         {"", "-", ".5", "1.", "01", "+1", "1e", "1e+", "NaN", "1,5"});
  expect("boolean", {"true", "false"}, {"", "True", "1"});
}

TEST(Primitive, Texts) {
  expect("string", {"a", " a ", "张三\r\n\t😀", " "}, {"", std::string_view("a\0b", 3), "\x0B", "\x1F"});
  expect("markdown", {"# a\n\nb"}, {"", "\x01"});
  expect("code", {"final", "entered-in-error", "a b", "<="}, {"", " a", "a ", "a  b", " ", "a\x01"});
  expect("id", {"a", "A-1.b", "0123456789012345678901234567890123456789012345678901234567890123"},
         {"", "a_b", "a b", "a/b", "é", "01234567890123456789012345678901234567890123456789012345678901234"});
  expect("xhtml", {"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>", " <div/> "},
         {"", "text", "<p>x</p>", "<div>", "<div>\x02</div>"});
  EXPECT_FALSE(valid_primitive("Patient", "x"));
  EXPECT_FALSE(valid_primitive("", "x"));
}

TEST(Primitive, StringsEndAtOneMebiCharacters) {
  constexpr std::size_t most = 1024 * 1024;
  EXPECT_TRUE(valid_primitive("string", std::string(most, 'a')));
  EXPECT_FALSE(valid_primitive("string", std::string(most + 1, 'a')));
  std::string chinese;
  for (std::size_t i = 0; i < most; ++i) chinese += "张";
  EXPECT_TRUE(valid_primitive("string", chinese));
  EXPECT_FALSE(valid_primitive("string", chinese + "a"));
}

TEST(Primitive, Addresses) {
  for (const std::string_view type : {"uri", "url", "canonical"}) {
    expect(type, {"http://hl7.org/fhir", "urn:oid:1.2", "http://a/张", "#x"},
           {"", "a b", "a\tb", " http://a", "a\x02"});
  }
  expect("oid", {"urn:oid:1.2.156.112560", "urn:oid:2.0", "urn:oid:0.9"},
         {"", "1.2.3", "urn:oid:", "urn:oid:1", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1.", "urn:oid:1..2",
          "urn:oid:1.a"});
  expect("uuid", {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
         {"", "c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520",
          "urn:uuid:c757873d-ec9a-4326-a141-556f4323952", "urn:uuid:c757873d-ec9a-4326-a141-556f432395200",
          "urn:uuid:c757873dec9a4326a141556f43239520"});
}

TEST(Primitive, Base64) {
  expect("base64Binary", {"YQ==", "YWI=", "YWJj", " YWJj\r\nYWJj ", "+/+/"},
         {"", " ", "YQ", "YQ=", "Y===", "YQ==YWJj", "YW=j", "Y=Jj", "YWJj!", "YW Jj", "YWJ-", "YWJjY"});
}

TEST(Primitive, HasTheKindJsonWrites) {
  EXPECT_EQ(json_kind(primitive_named("boolean")), Json::Kind::boolean);
  for (const std::string_view type : {"integer", "decimal", "positiveInt", "unsignedInt"}) {
    EXPECT_EQ(json_kind(primitive_named(type)), Json::Kind::number) << type;
  }
  for (const std::string_view type : {"string", "date", "base64Binary", "code", "xhtml", "time"}) {
    EXPECT_EQ(json_kind(primitive_named(type)), Json::Kind::string) << type;
  }
  EXPECT_EQ(primitive_named("HumanName"), Primitive::none);
}

}  // namespace
}  // namespace yilian::fhir
