#include "engine/api/capability.h"

#include "engine/fhir/check.h"

namespace yilian::api {
namespace {

TEST(Capability, IsAValidCapabilityStatement) {
  fhir::Arena arena;
  const auto json = fhir::read_json(capability_statement("http://localhost/fhir", "1.0"), arena);
  ASSERT_TRUE(json);
  const auto issues = fhir::check(**json);
  EXPECT_TRUE(issues.empty()) << issues.front().line();
}

}  // namespace
}  // namespace yilian::api
