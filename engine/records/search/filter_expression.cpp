// _filter (search_filter.html): a small language of comparisons, and, or, not, brackets.

#include <array>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/search/conditions.h"

namespace yilian::records {
namespace {

using About = Condition::About;
using Test = Condition::Test;

constexpr int kDeepest = 32;
constexpr std::size_t kMostComparisons = 64;

class FilterReader {
 public:
  FilterReader(View& view, const Plan& plan, std::string_view base, std::string_view text)
      : view_(view), plan_(plan), base_(base), text_(text) {}

  Result<Condition> run() {
    YL_TRY(Condition all, read_any(0));
    skip_blanks();
    if (at_ != text_.size()) return wrong("something follows the end");
    return all;
  }

 private:
  Failure wrong(const std::string& what) const {
    return fail(Code::bad_value, what + " at character " + std::to_string(at_ + 1), "_filter",
                "Write like: status eq final and (code eq 718-7 or not (value-quantity gt 5))");
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take_word(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && text_[end] != ' ' && text_[end] != '(' && text_[end] != ')') return false;
    at_ = end;
    return true;
  }

  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Condition group(About about, std::vector<Condition>&& parts) {
    Condition out;
    out.about = about;
    for (Condition& part : parts) out.legs.push_back({&plan_, {std::move(part)}});
    return out;
  }

  // From left to right: neither binds closer than the other (search_filter.html: the order is that of reading).
  Result<Condition> read_any(int depth) {
    YL_TRY(Condition left, read_one(depth));
    while (true) {
      const bool both = take_word("and");
      if (!both && !take_word("or")) return left;
      YL_TRY(Condition right, read_one(depth));
      std::vector<Condition> parts;
      parts.push_back(std::move(left));
      parts.push_back(std::move(right));
      left = group(both ? About::all : About::any, std::move(parts));
    }
  }

  Result<Condition> read_one(int depth) {
    if (depth > kDeepest) return wrong("brackets are too deep");
    if (take_word("not")) {
      YL_TRY(Condition inner, read_one(depth + 1));
      std::vector<Condition> parts;
      parts.push_back(std::move(inner));
      return group(About::none, std::move(parts));
    }
    if (take('(')) {
      YL_TRY(Condition inner, read_any(depth + 1));
      if (!take(')')) return wrong("a bracket is not closed");
      return inner;
    }
    return read_comparison();
  }

  std::string read_name() {
    skip_blanks();
    const std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '(' && text_[at_] != ')') ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  // In quotation marks, or up to a blank or a bracket.
  Result<std::string> read_value() {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != '"') return read_name();
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (at_ == text_.size()) return wrong("a quotation mark is not closed");
    ++at_;
    return out;
  }

  Result<Condition> read_comparison() {
    if (++comparisons_ > kMostComparisons) return wrong("too many comparisons");
    const std::string name = read_name();
    if (name.empty()) return wrong("a parameter is missing");
    const std::string operation = read_name();
    YL_TRY(const std::string value, read_value());
    if (value.empty()) return wrong("a value is missing");
    if (operation == "pr") return asked(name + ":missing", value == "true" ? "false" : "true");
    if (operation == "ne") {
      YL_TRY(Condition same, compare(name, "eq", value));
      std::vector<Condition> parts;
      parts.push_back(std::move(same));
      return group(About::none, std::move(parts));
    }
    return compare(name, operation, value);
  }

  Result<Condition> asked(const std::string& name, const std::string& value) {
    return read_condition(view_, plan_, base_, name, value, false);
  }

  static std::string escaped(std::string_view value, std::string_view kept) {
    std::string out;
    for (const char c : value) {
      if ((c == ',' || c == '$' || c == '\\' || c == '|') && kept.find(c) == std::string_view::npos) out += '\\';
      out += c;
    }
    return out;
  }

  Result<Condition> compare(const std::string& name, const std::string& operation, const std::string& value) {
    const Kind kind = kind_of(plan_, name);
    const bool ordered = kind == Kind::date || kind == Kind::number || kind == Kind::quantity;
    constexpr std::array<std::string_view, 9> kPrefixes{"eq", "gt", "lt", "ge", "le", "sa", "eb", "ap", "po"};
    for (const std::string_view prefix : kPrefixes) {
      if (!ordered || operation != prefix) continue;
      if (prefix == "po") return asked(name, "ap" + escaped(value, "|"));
      return asked(name, std::string(prefix) + escaped(value, "|"));
    }
    if (kind == Kind::string) return compare_text(name, operation, value);
    if (operation == "eq" || operation == "re") return asked(name, escaped(value, "|"));
    if (kind == Kind::token && operation == "ss") return asked(name + ":below", value);
    if (kind == Kind::token && operation == "sb") return asked(name + ":above", value);
    if (kind == Kind::token && operation == "in") return asked(name + ":in", value);
    if (kind == Kind::token && operation == "ni") return asked(name + ":not-in", value);
    if (kind == Kind::token && operation == "co") return asked(name + ":text", escaped(value, ""));
    return fail(Code::unsupported, "'" + operation + "' is not offered for " + name, "_filter",
                "Known: eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in ni re");
  }

  static void set_test(Condition& condition, Test test) {
    if (condition.legs.empty()) condition.test = test;
    for (Leg& leg : condition.legs) {
      for (Condition& inner : leg.all_of) set_test(inner, test);
    }
  }

  // Of what stands at the end of a chain; of several types that it may go to, the first that knows it.
  Kind kind_of(const Plan& plan, std::string_view name) const {
    const std::size_t dot = name.find('.');
    const std::string_view head = name.substr(0, dot);
    const Indexed* parameter = plan.find(head.substr(0, head.find(':')));
    if (dot == std::string_view::npos || parameter == nullptr || parameter->kind != Kind::reference) {
      if (parameter != nullptr) return parameter->kind;
      return name == "_lastUpdated" ? Kind::date : Kind::token;
    }
    const std::string_view rest = name.substr(dot + 1);
    const std::string_view last = rest.substr(0, rest.find('.'));
    const std::size_t colon = head.find(':');
    for (const std::string_view target : parameter->targets) {
      if (colon != std::string_view::npos && head.substr(colon + 1) != target) continue;
      const Plan* there = search_plan(view_.reader(), target);
      if (there->find(last.substr(0, last.find(':'))) != nullptr) return kind_of(*there, rest);
    }
    return Kind::token;
  }

  Result<Condition> compare_text(const std::string& name, const std::string& operation, const std::string& value) {
    if (operation == "sw") return asked(name, escaped(value, ""));
    if (operation == "eq" || operation == "co" || operation == "ew") {
      YL_TRY(Condition condition, asked(name + ":contains", escaped(value, "")));
      if (operation != "co") set_test(condition, operation == "ew" ? Test::ends : Test::equals);
      return condition;
    }
    return fail(Code::unsupported, "'" + operation + "' is not offered for texts", "_filter", "Known: eq ne co sw ew pr");
  }

  View& view_;
  const Plan& plan_;
  const std::string_view base_, text_;
  std::size_t at_ = 0, comparisons_ = 0;
};

}  // namespace

Result<Condition> read_filter(View& view, const Plan& plan, std::string_view base, std::string_view text) {
  return FilterReader(view, plan, base, text).run();
}

}  // namespace yilian::records
