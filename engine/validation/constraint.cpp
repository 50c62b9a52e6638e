#include "engine/validation/constraint.h"

#include <algorithm>

#include "engine/fhirpath/parser.h"

namespace yilian::validation {
namespace {

using fhirpath::Op;
using fhirpath::Program;
using fhirpath::Step;

bool compares_values(const Program& program) {
  return std::ranges::any_of(program.steps, [&](const Step& step) {
    const bool orders =
        step.op == Op::less || step.op == Op::less_equal || step.op == Op::greater || step.op == Op::greater_equal;
    return orders && program.steps[step.left].op != Op::literal && program.steps[step.right].op != Op::literal;
  });
}

}  // namespace

Result<Constraint> Constraint::compile(const ConstraintText& text, const fhir::Type* type) {
  YL_TRY(auto expression, fhirpath::Expression::compile(text.expression, {.type = type, .as_filters = true}));
  Program program;
  program.text = text.expression;
  YL_CHECK(fhirpath::parse(program));
  return Constraint{std::string(text.key),
                    text.severity,
                    text.best_practice,
                    text.human.empty() ? "This has to hold: " + std::string(text.expression) : std::string(text.human),
                    std::move(expression),
                    type ? Presence(program, *type) : Presence(),
                    compares_values(program),
                    text.key == "ref-1" && type && type->name == "Reference",
                    type};
}

}  // namespace yilian::validation
