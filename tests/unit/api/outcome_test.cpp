#include "engine/api/outcome.h"

#include "engine/fhir/check.h"

namespace yilian::api {
namespace {

TEST(Outcome, EveryCodeMakesAValidOperationOutcome) {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const Issue issue{static_cast<Code>(i), Severity::error, "Patient.name", "a \"quoted\" fault", "mend it"};
    const auto response = outcome(issue);
    EXPECT_EQ(response.status, facts(issue.code).http);
    fhir::Arena arena;
    const auto json = fhir::read_json(response.body, arena);
    ASSERT_TRUE(json) << response.body;
    const auto issues = fhir::check(**json);
    EXPECT_TRUE(issues.empty()) << issues.front().line();
  }
}

TEST(Outcome, AnIssueWithoutWordsStillSaysItsCode) {
  EXPECT_NE(outcome_json({Issue{Code::gone, Severity::error, "", "", ""}}).find("\"diagnostics\":\"gone\""), std::string::npos);
}

TEST(Outcome, RefusalsKeepTheServersStatus) {
  for (const int status : {400, 404, 405, 408, 413, 431, 500, 503}) EXPECT_EQ(refusal(status, "why").status, status);
}

}  // namespace
}  // namespace yilian::api
