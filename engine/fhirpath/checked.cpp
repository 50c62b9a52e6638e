#include "engine/fhirpath/checked.h"

#include <algorithm>

#include "engine/base/config.h"
#include "engine/fhirpath/lexer.h"

namespace yilian::fhirpath {
namespace {

constexpr std::string_view kVariables[]{"context", "resource", "rootResource", "ucum", "sct", "loinc"};
constexpr std::string_view kForeign[]{"memberOf",   "conformsTo", "subsumes",
                                      "subsumedBy", "slice",      "elementDefinition"};

Failure wrong(std::string what, std::string cure = {}) {
  return fail(Code::bad_value, std::move(what), at_byte(0), std::move(cure));
}

Result<void> check_variables(const Use& use) {
  if (std::ranges::find(use.functions, "defineVariable") != use.functions.end()) return {};
  for (const std::string_view name : use.variables) {
    if (name.starts_with("vs-") || name.starts_with("ext-")) continue;
    if (std::ranges::find(kVariables, name) != std::end(kVariables)) continue;
    const std::string near = config::nearest(name, {std::begin(kVariables), std::end(kVariables)});
    return wrong("There is no variable %" + std::string(name), near.empty() ? "" : "did you mean %" + near + "?");
  }
  return {};
}

Result<void> check_boolean(const Use& use) {
  constexpr const char* kCure = "Say what has to hold: exists(), empty(), =";
  const auto other = std::ranges::find_if(use.gives, [](const fhir::Type* type) { return type->name != "boolean"; });
  const auto gives = [&](std::string_view what) {
    return wrong("It gives a " + std::string(what) + ", and a condition is true or false", kCure);
  };
  if (use.known && other != use.gives.end()) return gives((*other)->name);
  const bool possible = !use.known || !use.gives.empty() || (use.values & (Use::boolean | Use::other)) != 0;
  if (!possible && use.values != Use::none) return gives((use.values & Use::number) != 0 ? "number" : "text");
  if (use.never_true) {
    return wrong("It can never hold", "It contradicts itself, or asks for a value that the element cannot have");
  }
  return {};
}

}  // namespace

Result<Expression> compile_checked(std::string_view text, const fhir::Type* type) {
  const bool known = type != nullptr;
  YL_TRY(auto expression, Expression::compile(text, {.type = type, .strict = known, .check_order = known}));
  const Use use = expression.use();
  YL_CHECK(check_variables(use));
  if (!use.never.empty()) return wrong(std::string(use.never));
  for (const std::string_view name : kForeign) {
    if (std::ranges::find(use.functions, name) == use.functions.end()) continue;
    return wrong(std::string(name) + "() cannot be answered here: a conversion has no terminology and no profiles");
  }
  return expression;
}

Result<Expression> compile_condition(std::string_view text, const fhir::Type* type) {
  YL_TRY(auto expression, compile_checked(text, type));
  YL_CHECK(check_boolean(expression.use()));
  return expression;
}

std::string told(const Issue& issue) {
  return issue.where.empty() || issue.where == at_byte(0) ? issue.what : issue.where + ": " + issue.what;
}

}  // namespace yilian::fhirpath
