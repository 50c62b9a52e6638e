#include "engine/api/conditions.h"

#include <gtest/gtest.h>

#include "engine/api/bundle.h"
#include "engine/api/criteria.h"

namespace yilian::api {
namespace {

TEST(Conditions, Versions) {
  EXPECT_EQ(**version_in("W/\"3\"", "If-Match"), 3);
  EXPECT_EQ(**version_in("\"3\"", "If-Match"), 3);
  EXPECT_EQ(**version_in("3", "If-Match"), 3);
  EXPECT_FALSE(version_in("", "If-Match")->has_value());
  for (const char* text : {"W/\"\"", "\"3", "W/", "three", "3 "}) EXPECT_FALSE(version_in(text, "If-Match")) << text;
  EXPECT_EQ(etag_of(3), "W/\"3\"");
}

TEST(Conditions, NoneMatch) {
  const auto list = none_match("W/\"1\" , \"3\"", "If-None-Match");
  EXPECT_TRUE(list->has(1) && list->has(3) && !list->has(2));
  EXPECT_TRUE(none_match("*", "")->has(7));
  EXPECT_FALSE(none_match("", "")->said());
}

TEST(Conditions, HttpDates) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2026-11-24T08:30:00Z", "2024-02-29T23:59:59Z"}) {
    EXPECT_EQ(read_http_date(http_date(*parse_instant(text))), parse_instant(text)) << text;
  }
  for (const char* text : {"", "Tue, 24 Nov 2026 08:30:00", "Tue, 24 Nov 2026 08:30:00 CST", "Tue, 31 Nov 2026 08:30:00 GMT", "Tue, 24 Foo 2026 08:30:00 GMT",
                           "Tue, 24 Nov 2026 25:30:00 GMT", "2026-11-24T08:30:00Z________"}) {
    EXPECT_FALSE(read_http_date(text)) << text;
  }
}

TEST(Conditions, Criteria) {
  const auto read = read_criteria("Patient?identifier=urn:x%7C1&_format=xml&_count=7", "If-None-Exist");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->most, 7u);
  EXPECT_EQ(text_of("Patient", *read), "Patient?identifier=urn:x|1");
  for (const char* text : {"", "?", "_count=1", "_sort=name&name=a", "name=a&_count=0", "name=a&_count=501", "name=a&_include=x", "name=%zz"}) EXPECT_FALSE(read_criteria(text, "")) << text;
}

}  // namespace
}  // namespace yilian::api
