#include "engine/api/capability.h"

#include "engine/api/operation.h"
#include "engine/fhir/check.h"

namespace yilian::api {
namespace {

TEST(Capability, IsValidInEveryMode) {
  for (const char* mode : {"", "full", "normative", "terminology"}) {
    fhir::Arena arena;
    const auto text = capability_statement("http://localhost/fhir", "1.0", mode);
    ASSERT_TRUE(text);
    const auto json = fhir::read_json(*text, arena);
    ASSERT_TRUE(json) << json.error().line();
    const auto issues = fhir::check(**json);
    EXPECT_TRUE(issues.empty()) << mode << ": " << issues.front().line();
  }
  EXPECT_FALSE(capability_statement("http://localhost/fhir", "1.0", "half"));
}

TEST(Capability, OperationsOfOurOwnAreDefined) {
  for (const Operation& operation : operations()) {
    const std::string text = operation_definition(operation.name);
    EXPECT_EQ(text.empty(), operation.url.starts_with("http://hl7.org/")) << operation.name;
    if (text.empty()) continue;
    fhir::Arena arena;
    const auto json = fhir::read_json(text, arena);
    ASSERT_TRUE(json) << json.error().line();
    EXPECT_EQ((*json)->text_at("url"), operation.url);
    const auto issues = fhir::check(**json);
    EXPECT_TRUE(issues.empty()) << operation.name << ": " << issues.front().line();
  }
  EXPECT_TRUE(operation_definition("none").empty());
}

}  // namespace
}  // namespace yilian::api
