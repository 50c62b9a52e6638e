#include "engine/fhirpath/expression.h"

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/lexer.h"
#include "engine/fhirpath/never_true.h"
#include "engine/fhirpath/parser.h"
#include "engine/fhirpath/pattern.h"
#include "engine/fhirpath/program.h"
#include "engine/fhirpath/run.h"
#include "engine/fhirpath/typing.h"

namespace yilian::fhirpath {
namespace {

constexpr std::size_t kMostPatterns = 64;  // each may take some hundred kilobytes

// Patterns that stand in the expression are compiled with it.
Result<void> compile_patterns(Program& program) {
  std::size_t count = 0;
  for (Step& step : program.steps) {
    if (step.op != Op::call || step.arguments.empty()) continue;
    const std::string_view name = step.function->name;
    if (name != "matches" && name != "matchesFull" && name != "replaceMatches") continue;
    const Step& argument = program.steps[step.arguments.front()];
    if (argument.op != Op::literal || argument.value.kind() != Item::Kind::string) continue;
    if (++count > kMostPatterns) {
      return fail(Code::too_large, "More than " + std::to_string(kMostPatterns) + " regular expressions",
                  at_byte(step.position));
    }
    std::string error;
    step.pattern = compile_pattern(argument.value.text(), error);
    if (!step.pattern) {
      return fail(Code::bad_value, "The regular expression cannot be used: " + error, at_byte(argument.position),
                  "Patterns are those of RE2: no look-ahead, no references back");
    }
  }
  return {};
}

}  // namespace

// What is not overridden.
const fhir::Json* Services::resolve(std::string_view) { return nullptr; }
Result<std::optional<bool>> Services::member_of(const Item&, std::string_view value_set) {
  return fail(Code::unsupported, "Value sets are not known here: " + std::string(value_set));
}
Result<bool> Services::conforms_to(const Node&, std::string_view profile) {
  return fail(Code::unsupported, "Profiles are not known here: " + std::string(profile));
}
void Services::trace(std::string_view, Collection) {}

Result<Expression> Expression::compile(std::string_view text, const Options& options) {
  auto program = std::make_shared<Program>();
  program->text = text;
  program->as_filters = options.as_filters;
  YL_CHECK(parse(*program));
  YL_CHECK(compile_patterns(*program));
  YL_CHECK(resolve_types(*program, options));
  return Expression(std::move(program));
}

Result<Collection> Expression::evaluate(const Node& node, const Context& context) const {
  return Run(*program_, context, node).evaluate();
}

Result<Collection> Expression::evaluate(const fhir::Json& resource, const Context& context) const {
  return evaluate(keep(context.arena, root_node(resource)), context);
}

Result<std::optional<bool>> Expression::test(const Node& node, const Context& context) const {
  YL_TRY(const Collection items, evaluate(node, context));
  if (items.empty()) return std::optional<bool>();
  Item value = items.front();
  if (items.size() > 1 || !system_value(items.front(), context.arena, value) || value.kind() != Item::Kind::boolean) {
    return fail(Code::bad_value, "The result is no Boolean", at_byte(0), "Say what has to hold: exists(), empty(), =");
  }
  return std::optional(value.boolean());
}

std::string_view Expression::text() const { return program_->text; }

Use Expression::use() const {
  Use made;
  made.known = program_->given_known;
  made.gives = program_->given;
  made.values = program_->given_values;
  made.never = program_->never;
  made.never_true = fhirpath::never_true(*program_);
  for (const Step& step : program_->steps) {
    if (step.op == Op::call) made.functions.push_back(step.function->name);
    if (step.op == Op::variable) made.variables.push_back(step.name);
    if (step.op != Op::member) continue;
    for (const KnownElement& known : step.known) made.members.push_back({known.in, step.name});
    // A type's name where an expression begins is no element.
    if (step.known.empty() && step.type.fhir == nullptr) made.members.push_back({nullptr, step.name});
  }
  return made;
}

}  // namespace yilian::fhirpath
