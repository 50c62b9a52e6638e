#include "engine/mapping/condition_logic.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace yilian::mapping {
namespace {

using Op = Expression::Op;

constexpr std::size_t kMostWays = 1024;
constexpr double kEndless = 1e9;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether one text may be both: a comparison takes numbers as numbers.
bool may_be_same(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto x = number(a), y = number(b);
  return x && y && *x == *y;
}

bool matches(const std::string& pattern, const std::string& text) {
  const re2::RE2 compiled(pattern, re2::RE2::Quiet);
  return compiled.ok() && re2::RE2::PartialMatch(text, compiled);
}

bool counts(const Expression& operand) {
  return operand.op == Op::call && (operand.text == "count" || operand.text == "length");
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

// What is known of one operand.
struct ConditionLogic::State {
  std::optional<bool> valued;
  std::optional<std::vector<std::string>> allowed;
  std::vector<std::string> excluded, matched, unmatched;
  std::optional<bool> opaque;
  double low = 0, high = kEndless;

  bool set_valued(bool is) {
    if (valued && *valued != is) return false;
    valued = is;
    return true;
  }
};

Expression ConditionLogic::always() { return {Op::literal, "true", {}}; }
Expression ConditionLogic::both(Expression one, Expression other) {
  return {Op::both, {}, {std::move(one), std::move(other)}};
}
Expression ConditionLogic::negation(Expression one) { return {Op::negate, {}, {std::move(one)}}; }

// One name for one operand, however it is written.
std::string ConditionLogic::key(const Expression& operand) {
  std::string name;
  switch (operand.op) {
    case Op::path: {
      PathName path;
      if (!parse_path(operand.text, path)) return operand.text;
      if (path.head == datatype_ && path.field == 0 && path.component == 0) return ".";
      name = operand.text;
      if (path.segment && path.field == 0) return name;
      const auto cut = name.rfind('.');
      if (name != "." && cut != std::string::npos && cut > 0) {
        const std::string above = name.substr(0, cut);
        within_[name] = above == datatype_ ? "." : above;
        if (above != datatype_) key({Op::path, above, {}});
      } else if (path.segment && path.field != 0) {
        within_[name] = path.head;
      }
      return name;
    }
    case Op::literal:
      return '"' + operand.text + '"';
    default:
      break;
  }
  name = operand.op == Op::call ? operand.text + "(" : operand.op == Op::coalesce ? "(" : operand.text + "[";
  std::string first;
  for (const Expression& arg : operand.args) {
    const std::string inner = key(arg);
    if (first.empty()) {
      first = inner;
    } else {
      name += operand.op == Op::coalesce ? " ?? " : ", ";
    }
    name += inner;
  }
  name += ")";
  if (operand.op == Op::call && operand.text != "concat" && operand.text != "made" && !first.empty())
    within_[name] = first;
  return name;
}

ConditionLogic::Fact ConditionLogic::valued(const Expression& operand, bool holds) {
  if (!counts(operand))
    return {operand.op == Op::call && operand.text == "made" ? Fact::Kind::opaque : Fact::Kind::valued,
            holds,
            key(operand),
            {}};
  Fact fact{Fact::Kind::number, true, key(operand), {}};
  fact.low = holds ? 1 : 0;
  fact.high = holds ? kEndless : 0;
  return fact;
}

ConditionLogic::Fact ConditionLogic::compared(const Expression& condition, bool holds) {
  const Expression &left = condition.args[0], &right = condition.args[1];
  std::string op = condition.text;
  const auto than = right.op == Op::literal ? number(right.text) : std::nullopt;
  const double limit = than.value_or(0.5);  // no whole number: none
  if (counts(left) && limit == std::floor(limit)) {
    if (!holds) {
      const std::map<std::string, std::string> opposite{{"=", "!="}, {"!=", "="}, {"<", ">="},
                                                        {">=", "<"}, {">", "<="}, {"<=", ">"}};
      op = opposite.at(op);
    }
    Fact fact{Fact::Kind::number, true, key(left), {}};
    fact.low = op == "=" || op == ">=" ? limit : op == ">" ? limit + 1 : 0;
    fact.high = op == "=" || op == "<=" ? limit : op == "<" ? limit - 1 : kEndless;
    if (op != "!=") return fact;
    if (limit == 0) {
      fact.low = 1;
      return fact;
    }
  }
  if ((op == "=" || op == "!=") && right.op == Op::literal && left.op != Op::literal) {
    const bool is = (op == "=") == holds;
    if (right.text.empty()) return valued(left, !is);
    return {Fact::Kind::equal, is, key(left), {right.text}};
  }
  // `>=` is not `<`, `>` is not `<=`, `!=` is not `=`.
  if (op == ">=" || op == ">" || op == "!=") {
    holds = !holds;
    op = op == ">=" ? "<" : op == ">" ? "<=" : "=";
  }
  return {Fact::Kind::opaque, holds, key(left) + " " + op + " " + key(right), {}};
}

// All parts hold at once: every way of one with every way of the next.
bool ConditionLogic::expand_all(const Expression& condition, bool holds, std::vector<Facts>& out) {
  std::vector<Facts> ways{{}};
  for (const Expression& arg : condition.args) {
    std::vector<Facts> of_arg, next;
    if (!expand(arg, holds, of_arg) || ways.size() * of_arg.size() > kMostWays) return false;
    for (const Facts& way : ways) {
      for (const Facts& more : of_arg) {
        Facts united = way;
        united.insert(united.end(), more.begin(), more.end());
        next.push_back(std::move(united));
      }
    }
    // What cannot be is dropped at once, so that the ways stay few.
    std::erase_if(next, [&](const Facts& facts) { return !consistent(facts); });
    ways = std::move(next);
  }
  out.insert(out.end(), ways.begin(), ways.end());
  return out.size() <= kMostWays;
}

bool ConditionLogic::expand_any(const Expression& condition, bool holds, std::vector<Facts>& out) {
  for (const Expression& arg : condition.args) {
    if (!expand(arg, holds, out)) return false;
  }
  return out.size() <= kMostWays;
}

bool ConditionLogic::expand(const Expression& condition, bool holds, std::vector<Facts>& out) {
  switch (condition.op) {
    case Op::negate:
      return expand(condition.args[0], !holds, out);
    case Op::both:
      return holds ? expand_all(condition, true, out) : expand_any(condition, false, out);
    case Op::either:
    case Op::coalesce:
      return holds ? expand_any(condition, true, out) : expand_all(condition, false, out);
    case Op::compare:
      out.push_back({compared(condition, holds)});
      return true;
    case Op::among: {
      Fact fact{Fact::Kind::equal, holds, key(condition.args[0]), {}};
      bool literal = true;
      for (std::size_t i = 1; i < condition.args.size(); ++i) {
        literal = literal && condition.args[i].op == Op::literal && !condition.args[i].text.empty();
        fact.values.push_back(condition.args[i].text);
      }
      if (!literal) fact = {Fact::Kind::opaque, holds, key(condition), {}};
      out.push_back({fact});
      return true;
    }
    case Op::matches:
      out.push_back({{Fact::Kind::matches, holds, key(condition.args[0]), {condition.text}}});
      return true;
    case Op::literal:
      if (condition.text.empty() != holds) out.emplace_back();
      return true;
    case Op::path:
    case Op::call:
      out.push_back({valued(condition, holds)});
      return true;
  }
  return true;
}

bool ConditionLogic::consistent(const Facts& facts) {
  std::map<std::string, State> states;
  for (const Fact& fact : facts) {
    State& state = states[fact.key];
    switch (fact.kind) {
      case Fact::Kind::valued:
        if (!state.set_valued(fact.holds)) return false;
        break;
      case Fact::Kind::opaque:
        if (state.opaque && *state.opaque != fact.holds) return false;
        state.opaque = fact.holds;
        break;
      case Fact::Kind::number:
        state.low = std::max(state.low, fact.low);
        state.high = std::min(state.high, fact.high);
        break;
      case Fact::Kind::matches:
        (fact.holds ? state.matched : state.unmatched).push_back(fact.values[0]);
        break;
      case Fact::Kind::equal:
        if (!fact.holds) {
          state.excluded.insert(state.excluded.end(), fact.values.begin(), fact.values.end());
        } else if (!state.allowed) {
          state.allowed = fact.values;
        } else {
          std::erase_if(*state.allowed, [&](const std::string& one) {
            return std::none_of(fact.values.begin(), fact.values.end(),
                                [&](const std::string& other) { return may_be_same(one, other); });
          });
        }
        break;
    }
  }
  return settle(states);
}

bool ConditionLogic::settle(std::map<std::string, State>& states) {
  for (auto& [name, state] : states) {
    const auto& must = state.matched;
    if (patterns_part_ &&
        std::any_of(must.begin(), must.end(), [&](const std::string& p) { return p != must.front(); }))
      return false;
    for (const std::string& pattern : must) {
      if (contains(state.unmatched, pattern)) return false;
      if (!matches(pattern, "") && !state.set_valued(true)) return false;
    }
    if (!state.allowed) continue;
    if (!state.set_valued(true)) return false;
    std::erase_if(*state.allowed, [&](const std::string& text) {
      return contains(state.excluded, text) ||
             std::any_of(must.begin(), must.end(), [&](const std::string& p) { return !matches(p, text); }) ||
             std::any_of(state.unmatched.begin(), state.unmatched.end(),
                         [&](const std::string& p) { return matches(p, text); });
    });
    if (state.allowed->empty()) return false;
  }
  // What is valued is so within something that is valued too. Names within others are longer, so one round from the
  // longest on would do; a few rounds are as good.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [inner, outer] : within_) {
      const auto state = states.find(inner);
      if (state == states.end()) continue;
      if (inner.starts_with("count(")) continue;  // of repetitions the first one may be empty
      const bool valued = inner.starts_with("length(") ? state->second.low >= 1 : state->second.valued.value_or(false);
      if (valued && !states[outer].valued) changed = true;
      if (valued && !states[outer].set_valued(true)) return false;
    }
  }
  for (auto& [name, state] : states) {
    const bool is_number = name.starts_with("count(") || name.starts_with("length(");
    if (!is_number) continue;
    const auto outer = within_.find(name);
    const auto of = outer == within_.end() ? states.end() : states.find(outer->second);
    if (of != states.end() && of->second.valued == true) state.low = std::max(state.low, 1.0);
    if (state.low > state.high) return false;
  }
  return true;
}

std::optional<bool> ConditionLogic::possible(const Expression& condition) {
  std::vector<Facts> ways;
  if (!expand(condition, true, ways)) return std::nullopt;
  return std::any_of(ways.begin(), ways.end(), [&](const Facts& facts) { return consistent(facts); });
}

bool ConditionLogic::apart(const Expression& one, const Expression& other) {
  patterns_part_ = true;
  const auto together = possible(both(one, other));
  patterns_part_ = false;
  return together != true;  // what is too long to tell is not held against it
}

bool ConditionLogic::implies(const Expression& one, const Expression& other) {
  const auto without = possible(both(one, negation(other)));
  return without.has_value() && !*without;
}

}  // namespace yilian::mapping
