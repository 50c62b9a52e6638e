#include "engine/base/result.h"

#include <set>

namespace yilian {
namespace {

TEST(Issue, EveryCodeHasFactsOfItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const CodeFacts& f = facts(static_cast<Code>(i));
    EXPECT_TRUE(names.insert(f.name).second) << f.name;
    EXPECT_GE(f.http, 400);
    EXPECT_EQ(f.hl7.size(), 3u);
    EXPECT_FALSE(f.fhir.empty());
  }
  EXPECT_EQ(facts(Code::internal).name, "internal");
  EXPECT_EQ(facts(Code::too_large).http, 413);
  EXPECT_EQ(facts(Code::unsupported_event).hl7, "201");
}

TEST(Issue, LineNamesPlaceFaultAndCure) {
  const Issue issue{Code::bad_value, Severity::error, "PID-7", "'x' is no date", "write YYYYMMDD"};
  EXPECT_EQ(issue.line(), "PID-7: 'x' is no date. write YYYYMMDD");
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Code::bad_value, "odd");
  return n / 2;
}
Result<int> quarter(int n) {
  YL_TRY(const int h, half(n));
  return half(h);
}

TEST(Result, TryHandsOnTheFirstIssue) {
  EXPECT_EQ(quarter(8).value(), 2);
  ASSERT_FALSE(quarter(6).has_value());
  EXPECT_EQ(quarter(6).error().what, "odd");
}

}  // namespace
}  // namespace yilian
