#include "engine/routing/condition.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/fhir/definitions.h"
#include "engine/fhirpath/checked.h"
#include "engine/hl7v2/escape.h"
#include "engine/mapping/expression.h"
#include "engine/routing/field_path.h"

namespace yilian::routing {
namespace {

using mapping::Expression;
using Op = Expression::Op;

constexpr std::uint64_t kMostSteps = 500'000;  // of one FHIRPath on one resource

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
bool compares(std::string_view op, const T& a, const T& b) {
  if (op == "=") return a == b;
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return a > b;
  return a >= b;
}

bool compares_texts(std::string_view op, std::string_view a, std::string_view b) {
  const auto x = number_of(a), y = number_of(b);
  return x && y ? compares(op, *x, *y) : compares(op, a, b);
}

}  // namespace

// A tree as it is evaluated: what can be read once is read.
struct MessageCondition::Test {
  Op op = Op::literal;
  std::string text;  // operator, literal
  FieldPath path{};  // field 0: the segment itself
  std::shared_ptr<const RE2> regex;
  std::vector<Test> parts;

  static Result<Test> compile(const Expression& source) {
    Test test;
    test.op = source.op;
    test.text = source.text;
    switch (source.op) {
      case Op::path:
        if (!test.read_path(source.text)) {
          return fail(Code::bad_config, "'" + source.text + "' is no field of a message", {}, "write a segment, a field or a part of it: ZPI, PV1-2, PID-3.1");
        }
        break;
      case Op::matches:
        test.regex = std::make_shared<const RE2>(source.text, RE2::Quiet);
        if (!test.regex->ok()) return fail(Code::bad_config, "the pattern is wrong: " + test.regex->error());
        break;
      case Op::coalesce:
      case Op::call:
        return fail(Code::bad_config, "functions and ?? have no place in a route's condition", {}, "fields, texts, = != < <= > >=, in, matches, and, or, not; or `fhirpath`");
      default:
        break;
    }
    for (const Expression& each : source.args) {
      YL_TRY(auto part, compile(each));
      test.parts.push_back(std::move(part));
    }
    return test;
  }

  bool holds(const hl7v2::Message& message) const {
    const auto holds_for = [&](const Test& part) { return part.holds(message); };
    switch (op) {
      case Op::either:
        return std::any_of(parts.begin(), parts.end(), holds_for);
      case Op::both:
        return std::all_of(parts.begin(), parts.end(), holds_for);
      case Op::negate:
        return !parts[0].holds(message);
      case Op::compare:
        if (text == "!=") return !any_pair(message, "=");
        return any_pair(message, text);
      case Op::among:
        return parts[0].any(message, [&](std::string_view value) {
          return std::any_of(parts.begin() + 1, parts.end(), [&](const Test& item) { return item.any(message, [&](std::string_view other) { return value == other; }); });
        });
      case Op::matches:
        return parts[0].any(message, [&](std::string_view value) { return RE2::PartialMatch(value, *regex); });
      case Op::path:
        if (path.field == 0) return message.find(path.segment) != hl7v2::Message::npos;
        return any(message, [](std::string_view) { return true; });
      default:
        return !text.empty();
    }
  }

  bool read_path(const std::string& written) {
    mapping::PathName name;
    if (!mapping::parse_path(written, name) || !name.segment || name.head.size() != 3) return false;
    path.segment = name.head;
    path.field = name.field;
    path.component = name.component;
    path.subcomponent = name.subcomponent;
    return true;
  }

  bool any_pair(const hl7v2::Message& message, std::string_view how) const {
    return parts[0].any(message, [&](std::string_view a) { return parts[1].any(message, [&](std::string_view b) { return compares_texts(how, a, b); }); });
  }

  // Whether `wanted` holds for one of the values; empty ones are none.
  template <class F>
  bool any(const hl7v2::Message& message, F&& wanted) const {
    if (op != Op::path) return wanted(text);
    const hl7v2::Delimiters& d = message.delimiters();
    for (const std::string_view value : path.parts(message)) {
      if (value.find(d.escape) == std::string_view::npos || path.names_delimiters() ? wanted(value) : wanted(hl7v2::unescape(value, d))) return true;
    }
    return false;
  }
};

Result<MessageCondition> MessageCondition::compile(const config::Node& node) {
  YL_TRY(const auto text, node.need_text());
  const auto parsed = mapping::parse_condition(text);
  if (!parsed) return node.fail(parsed.error().what, parsed.error().cure);
  auto test = Test::compile(*parsed);
  if (!test) return node.fail(test.error().what, test.error().cure);
  MessageCondition condition;
  condition.test_ = std::make_shared<const Test>(std::move(*test));
  return condition;
}

bool MessageCondition::holds(const hl7v2::Message& message) const { return test_->holds(message); }

Result<ResultCondition> ResultCondition::compile(const config::Node& node) {
  YL_TRY(const auto text, node.need_text());
  const std::size_t begin = std::min(text.find_first_not_of(" ("), text.size());
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), letter);
  const std::string first(text.begin() + static_cast<std::ptrdiff_t>(begin), end);
  ResultCondition condition;
  if (fhir::is_resource_type(first)) condition.type_ = fhir::resource_type(first);
  auto compiled = fhirpath::compile_condition(text, condition.type_);
  if (!compiled) return node.fail("the FHIRPath: " + fhirpath::told(compiled.error()), compiled.error().cure);
  condition.expression_ = std::make_shared<const fhirpath::Expression>(std::move(*compiled));
  return condition;
}

bool ResultCondition::holds(std::span<const fhir::Json* const> resources, Instant now) const {
  for (const fhir::Json* resource : resources) {
    if (type_ != nullptr && resource->find("resourceType")->text() != type_->name) continue;
    fhir::Arena arena;
    fhirpath::Context context{arena};
    context.now = now;
    context.limits.steps = kMostSteps;
    const fhirpath::Node& node = fhirpath::keep(arena, fhirpath::root_node(*resource));
    const auto answer = expression_->test(node, context);
    if (answer && answer->value_or(false)) return true;
  }
  return false;
}

}  // namespace yilian::routing
