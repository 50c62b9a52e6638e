#include "engine/mapping/shortlist.h"

#include <algorithm>

#include "engine/mapping/run.h"

namespace yilian::mapping {

// A question that reads fields without a value and deciding fields only has the same answer in all segments that share
// the list: it is asked here, once for them all.
std::uint32_t Run::known_part(std::uint32_t condition, const Block& block, const Scope& scope, std::uint64_t unknown) {
  if (condition == kNone) return kNone;
  while (condition < Test::kFails) {
    const Test& test = program_.tests[condition];
    const Expr& expr = program_.exprs[test.expr];
    if (!expr.of_one || expr.segment != block.segment || (expr.fields & unknown) != 0) break;
    condition = truth(test.expr, scope) ? test.yes : test.no;
  }
  return condition == Test::kHolds ? kNone : condition;
}

namespace {

bool recurring(const Nature& nature) {
  return nature.repeatable() && !nature.enters &&
         std::all_of(nature.inputs.begin(), nature.inputs.end(), [](const Input& input) { return input.recurring; });
}

// Takes out of the list what may run as one. Rules that write to one element stay together and in order: who comes first
// counts, and they may share items.
void split(std::vector<std::pair<const Nature*, Rule>> rules, Shortlist& out) {
  Orders apart;  // elements that a rule of its own writes to
  for (bool grown = true; grown;) {
    grown = false;
    for (auto& [nature, rule] : rules) {
      if (nature == nullptr || (recurring(*nature) && !nature->touches.meets(apart))) continue;
      apart.add(nature->touches);
      nature = nullptr;
      grown = true;
    }
  }
  if (std::count_if(rules.begin(), rules.end(), [](const auto& each) { return each.first != nullptr; }) < 2) {
    for (auto& each : rules) each.first = nullptr;
  }
  Together& together = out.together;
  for (auto& [nature, rule] : rules) {
    if (nature == nullptr) {
      out.rules.push_back(rule);
      continue;
    }
    together.rules.push_back(rule);
    together.touches.add(nature->touches);
    for (const Input& input : nature->inputs) {
      if (std::find(together.inputs.begin(), together.inputs.end(), input) == together.inputs.end()) together.inputs.push_back(input);
    }
  }
}

}  // namespace

Shortlist* Run::shortlist(const Block& block, const Scope& scope, std::uint64_t valued) {
  constexpr std::size_t kLongestCode = 16;  // what is longer is no code
  std::string& key = s_.text;
  key.clear();
  const auto add = [&key](std::uint64_t number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  add(s_.memo.setting());
  add(block.number);
  add(valued);
  std::uint64_t unknown = valued | 1, repeated = ~std::uint64_t{0};
  for (const std::uint16_t field : block.deciders) {
    const std::string_view code = message_.field(scope.segment, field);
    if (code.size() > kLongestCode) return nullptr;
    add(code.size());
    key += code;
    unknown &= ~(std::uint64_t{1} << field);
    if (code.find(delimiters_.repetition) == std::string_view::npos) repeated &= ~(std::uint64_t{1} << field);
  }
  if (Shortlist* const known = s_.shortlists.find(key)) return known;
  const std::string kept = key;  // conditions may use its memory
  std::vector<std::pair<const Nature*, Rule>> rules;
  for (std::size_t i = 0; i < block.rules.size(); ++i) {
    const Rule& rule = block.rules[i];
    if (rule.guard != 0 && (valued >> rule.guard & 1) == 0) continue;
    Rule listed = rule;
    listed.when = known_part(rule.when, block, scope, unknown);
    // The rule's own field is asked about repetition by repetition, if it has several.
    std::uint64_t own = 0;
    if (rule.source == Rule::Source::selector) own = std::uint64_t{1} << (program_.selectors[rule.index].field & 63);
    listed.when_each = known_part(rule.when_each, block, scope, unknown | (own & repeated));
    if (listed.when != Test::kFails && listed.when_each != Test::kFails) rules.emplace_back(&block.natures[i], listed);
  }
  Shortlist list;
  split(std::move(rules), list);
  return s_.shortlists.keep(kept, std::move(list));
}

}  // namespace yilian::mapping
