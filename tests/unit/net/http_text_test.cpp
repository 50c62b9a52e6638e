#include "engine/net/http_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yilian::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

TEST(HttpText, TargetIsDecoded) {
  const auto target = read_target("/fhir/Patient/a%2Fb+c%E5%BC%A0?name=%41&x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/fhir/Patient/a/b+c张");
  EXPECT_EQ(target->query, "name=%41&x");
}

TEST(HttpText, AbsoluteTargetsLoseTheirHost) {
  EXPECT_EQ(read_target("http://host:8080/a?b")->path, "/a");
  EXPECT_EQ(read_target("HTTP://host?b")->path, "/");
  EXPECT_EQ(read_target("http://host")->path, "/");
  EXPECT_EQ(read_target("*")->path, "*");
}

TEST(HttpText, BadTargetsAreRefused) {
  for (const char* target : {"", "x", "/%", "/%4", "/%zz", "/%00", "/a%0Ab", "/..", "/a/../b", "/a/%2e%2e/b",
                             "/%2E%2E%2fetc", "/a\\..\\b", "/a#b", "ftp://x/"})
    EXPECT_FALSE(read_target(target)) << target;
  for (const char* target : {"/...", "/a..b", "/..a", "/a/.", "/?..=/../"}) EXPECT_TRUE(read_target(target)) << target;
}

TEST(HttpText, QueryIsDecodedInOrder) {
  const auto query = parse_query("name=%E5%BC%A0+san&&b=1=2&c&name=%2B&=x");
  ASSERT_TRUE(query);
  EXPECT_THAT(*query,
              ElementsAre(Pair("name", "张 san"), Pair("b", "1=2"), Pair("c", ""), Pair("name", "+"), Pair("", "x")));
  EXPECT_TRUE(parse_query("")->empty());
}

TEST(HttpText, BrokenEscapesInQueriesAreBadValues) {
  for (const char* text : {"a=%", "a=%1", "%g0=1", "a=1&b=%%"}) {
    const auto query = parse_query(text);
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().code, Code::bad_value);
  }
}

TEST(HttpText, EncodeThenDecodeGivesTheSame) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(parse_query("k=" + percent_encode(all))->at(0).second, all);
  EXPECT_EQ(percent_encode("a b/张~"), "a%20b%2F%E5%BC%A0~");
}

TEST(HttpText, NoHeaderValueBeginsAnotherHeader) {
  const auto head = response_head({200, {{"Location", "/a\r\nSet-Cookie: x"}}, "body"}, "OK", true);
  EXPECT_THAT(head, Not(HasSubstr("\nSet-Cookie")));
  EXPECT_THAT(head, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(HttpText, LengthAndConnectionAreTheServersOwn) {
  const auto head =
      response_head({204, {{"content-length", "99"}, {"Connection", "x"}, {"Transfer-Encoding", "chunked"}}, ""},
                    "No Content", false);
  EXPECT_THAT(head, Not(HasSubstr("99")));
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
}

TEST(HttpText, HeaderNamesIgnoreCase) {
  Request request;
  request.headers = {{"Content-Type", "a"}};
  EXPECT_EQ(request.header("content-type"), "a");
  EXPECT_EQ(request.header("content"), "");
}

}  // namespace
}  // namespace yilian::net
