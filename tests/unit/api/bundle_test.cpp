#include "engine/api/bundle.h"

#include "engine/fhir/check.h"

namespace yilian::api {
namespace {

void expect_valid(const std::string& text) {
  fhir::Arena arena;
  const auto json = fhir::read_json(text, arena);
  ASSERT_TRUE(json) << text;
  const auto issues = fhir::check(**json);
  EXPECT_TRUE(issues.empty()) << issues.front().line() << "\n" << text;
}

records::Version patient(bool deleted) {
  return {"Patient", "a", 2, 0, deleted, deleted ? "" : R"({"resourceType":"Patient","id":"a"})", 0, "PUT"};
}

TEST(Bundle, SearchsetsAreValidAndLinkOn) {
  records::Page page;
  page.entries.push_back({patient(false), false});
  page.entries.push_back({patient(false), true});
  page.total = 7;
  page.next = "cursor/with+signs";
  page.applied = {{"name", "张 三"}, {"_count", "2"}};
  const std::string text = searchset(page, "http://localhost/fhir", "Patient");
  expect_valid(text);
  EXPECT_NE(text.find("_cursor=cursor%2Fwith%2Bsigns"), std::string::npos);
  EXPECT_NE(text.find("name=%E5%BC%A0%20%E4%B8%89"), std::string::npos) << text;
  expect_valid(searchset({}, "http://localhost/fhir", "Patient"));
}

TEST(Bundle, HistoriesShowDeletions) {
  records::HistoryPage page;
  page.entries = {patient(true), patient(false)};
  const std::string text = history_bundle(page, "http://localhost/fhir", "Patient/a/_history");
  expect_valid(text);
  EXPECT_NE(text.find("\"DELETE\""), std::string::npos);
}

TEST(Bundle, HttpDates) {
  EXPECT_EQ(http_date(*parse_instant("2026-11-24T08:30:00Z")), "Tue, 24 Nov 2026 08:30:00 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace yilian::api
