#pragma once
// Short ways to evaluate in tests.

#include <string>
#include <vector>

#include "engine/fhirpath/expression.h"

namespace yilian::fhirpath {

// The items as texts, or one text "Issue: …".
inline std::vector<std::string> texts(const Expression& expression, const fhir::Json& resource, Context& context) {
  const auto result = expression.evaluate(resource, context);
  if (!result) return {"Issue: " + result.error().line()};
  std::vector<std::string> out;
  for (const Item& item : *result) out.push_back(text_of(item));
  return out;
}

class Evaluation : public ::testing::Test {
 protected:
  const fhir::Json& read(std::string_view json) {
    const auto made = fhir::read_json(json, arena_);
    EXPECT_TRUE(made) << json;
    return **made;
  }
  std::vector<std::string> on(const fhir::Json& resource, std::string_view text, const Options& options = {}) {
    const auto expression = Expression::compile(text, options);
    if (!expression) return {"Issue: " + expression.error().line()};
    return texts(*expression, resource, context_);
  }
  // On nothing in particular.
  std::vector<std::string> value(std::string_view text) { return on(read(R"({"resourceType":"Patient"})"), text); }

  fhir::Arena arena_;
  Context context_{arena_};
};

using Texts = std::vector<std::string>;

}  // namespace yilian::fhirpath
