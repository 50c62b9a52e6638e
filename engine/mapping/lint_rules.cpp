// Rules that never run, and rules that get in each other's way.

#include <algorithm>
#include <set>

#include "engine/hl7v2/grammar.h"
#include "engine/mapping/compiler.h"
#include "engine/mapping/condition_logic.h"
#include "engine/mapping/lint.h"
#include "engine/mapping/target.h"

namespace yilian::mapping {
namespace {

using config::Node;

struct Seen {
  const RuleSource* rule;
  Target target;
  Expression when, fires;  // `fires`: and there is something to write
  std::string from;
};

bool has(const RuleSource& rule, const char* part) { return static_cast<bool>(rule.part(part)); }
std::string text(const RuleSource& rule, const char* part) { return rule.part(part).text_or(""); }

bool literal(const RuleSource& rule) {
  return has(rule, "value") && text(rule, "value").find('{') == std::string::npos;
}

bool same_parts(const RuleSource& a, const RuleSource& b, std::initializer_list<const char*> parts) {
  return std::all_of(parts.begin(), parts.end(), [&](const char* part) { return text(a, part) == text(b, part); });
}

// Types that take any text.
bool takes_any(const Target& target) {
  const bool any_code = target.element != nullptr && target.element->codes.empty() && target.type->name == "code";
  return any_code || target.type->name == "string" || target.type->name == "markdown" || target.type->name == "uri";
}

void mentioned(const Expression& expression, std::set<std::string>& fields) {
  PathName path;
  if (expression.op == Expression::Op::path && parse_path(expression.text, path) && path.segment && path.field != 0)
    fields.insert(path.head + "-" + std::to_string(path.field));
  for (const Expression& arg : expression.args) mentioned(arg, fields);
}

// The field that a rule takes repetition by repetition: within the rule it means the current one. Empty when it does
// not repeat.
std::string repeated(const Seen& seen) {
  PathName path;
  if (!parse_path(seen.from, path) || !path.segment || path.field == 0) return {};
  const hl7v2::FieldFacts* const facts = hl7v2::field_facts(path.head, path.field);
  return facts == nullptr || facts->repeats ? path.head + "-" + std::to_string(path.field) : std::string();
}

// Whether the same words mean the same thing in both.
bool comparable(const Seen& a, const Seen& b) {
  const std::string of_a = repeated(a), of_b = repeated(b);
  if (of_a == of_b) return true;
  std::set<std::string> fields_a, fields_b;
  mentioned(a.fires, fields_a);
  mentioned(b.fires, fields_b);
  return fields_a.count(of_b) == 0 && fields_b.count(of_a) == 0 && of_a.empty() && of_b.empty();
}

class Rules {
 public:
  Rules(const MapSource& map, std::vector<Issue>& out) : out_(out), logic_(map.segment ? std::string() : map.type) {
    const fhir::Type* const type = Compiler::find_type(map.target);
    if (type == nullptr) return;
    for (const RuleSource& rule : map.rules) read(rule, *type);
  }

  void go() {
    for (std::size_t later = 0; later < seen_.size(); ++later) {
      const Seen& rule = seen_[later];
      if (never(rule)) continue;
      bool beside = false;
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        const Seen& other = seen_[earlier];
        if (!same_place(other, rule)) continue;
        beside = true;
        if (hidden(other, rule) || crossing(other, rule)) break;
      }
      if (!beside && has(*rule.rule, "fallback"))
        add(rule.rule->part("fallback"), "no earlier rule writes this element: there is nothing to fall back from",
            "take `fallback` out");
    }
  }

 private:
  void add(const Node& node, std::string what, std::string cure) {
    out_.push_back(finding(node, Severity::warning, std::move(what), std::move(cure)));
  }

  void read(const RuleSource& rule, const fhir::Type& type) {
    Seen seen{&rule, {}, ConditionLogic::always(), {}, text(rule, "from")};
    const std::string to = text(rule, "to");
    if (to == "$this") {
      seen.target = {to, fhir::type(type.name) != nullptr && type.kind == fhir::Type::Kind::primitive, &type, nullptr,
                     nullptr};
    } else {
      seen.target = read_target(to, type);
    }
    if (has(rule, "when")) {
      auto when = parse_condition(text(rule, "when"));
      if (!when) return;
      seen.when = std::move(*when);
    }
    seen.fires = seen.when;
    if (auto from = parse_operand(seen.from); !seen.from.empty() && from && !has(rule, "else"))
      seen.fires = ConditionLogic::both(seen.when, std::move(*from));
    seen_.push_back(std::move(seen));
  }

  bool never(const Seen& rule) {
    if (logic_.possible(rule.when) == false) {
      out_.push_back(finding(rule.rule->part("when"), Severity::error,
                             "the condition of " + rule.rule->id + " can never hold", "mend it, or take the rule out"));
      return true;
    }
    if (logic_.possible(rule.fires) != false) return false;
    add(rule.rule->part("when"), rule.rule->id + " has no value to write where its condition holds",
        "mend `when` or `from`, or take the rule out");
    return true;
  }

  static bool same_place(const Seen& a, const Seen& b) {
    return a.target.one && b.target.one && a.target.type != nullptr && a.target.path == b.target.path;
  }

  static bool primitive(const Seen& seen) { return seen.target.type->kind == fhir::Type::Kind::primitive; }

  // Whether the rule writes for sure where it fires.
  static bool writes(const Seen& rule, const Seen& than) {
    const RuleSource& r = *rule.rule;
    if (!primitive(rule) || has(r, "only") || has(r, "join") || has(r, "as")) return false;
    if (literal(r)) return true;
    if (has(r, "value") || has(r, "via") || (has(r, "table") && !has(r, "else"))) return false;
    if (takes_any(rule.target)) return true;
    return rule.from == than.from && same_parts(r, *than.rule, {"value", "table", "via"});
  }

  bool hidden(const Seen& earlier, const Seen& later) {
    if (!writes(earlier, later) || !comparable(earlier, later) || !logic_.implies(later.fires, earlier.fires))
      return false;
    add(later.rule->node,
        later.rule->id + " never writes: wherever it could, " + earlier.rule->id + " before it has written",
        "put it before, narrow the condition of the other, or take it out");
    return true;
  }

  // Two rules of one source (or of none) that write different things, and conditions that neither exclude nor hold one
  // another: the order of the file decides where both hold.
  bool crossing(const Seen& earlier, const Seen& later) {
    const RuleSource &a = *earlier.rule, &b = *later.rule;
    if (has(b, "fallback") || !has(b, "when") || earlier.from != later.from) return false;
    if (same_parts(a, b, {"value", "table", "as", "via", "join", "only"})) return false;
    // A part of a resource may be filled by several maps; a value, a data type, a resource referred to is one thing.
    if (later.target.type->kind == fhir::Type::Kind::backbone) return false;
    if (logic_.apart(earlier.fires, later.fires)) return false;
    if (logic_.implies(earlier.fires, later.fires)) return false;
    add(b.node,
        a.id + " and " + b.id + " both write " + earlier.target.path +
            " where both conditions hold; the first one wins",
        "let the condition of the second exclude the first's, or say `fallback: true` in it");
    return true;
  }

  std::vector<Issue>& out_;
  ConditionLogic logic_;
  std::vector<Seen> seen_;
};

void check(const Node& when, const std::string& of, std::vector<Issue>& out) {
  const std::string text = when.text_or("");
  if (text.empty()) return;
  const auto parsed = parse_condition(text);
  if (parsed && ConditionLogic().possible(*parsed) == false)
    out.push_back(
        finding(when, Severity::error, "the condition of " + of + " can never hold", "mend it, or take it out"));
}

}  // namespace

void lint_rules(const MapSource& map, std::vector<Issue>& out) { Rules(map, out).go(); }

void lint_conditions(const MessageSource& message, std::vector<Issue>& out) {
  for (const auto& [name, resource] : message.node["resources"].members()) check(resource["when"], name, out);
  for (const RuleSource& row : message.rows) {
    check(row.part("when"), row.id, out);
    for (const auto& [element, rule] : row.part("set").members()) check(rule["when"], element, out);
  }
}

}  // namespace yilian::mapping
