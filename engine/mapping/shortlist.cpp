#include "engine/mapping/shortlist.h"

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

const std::vector<Rule>& Run::shortlist(const Block& block, const Scope& scope, std::uint64_t valued) {
  constexpr std::size_t kLongestCode = 16;  // what is longer is no code
  std::string& key = s_.text;
  key.clear();
  const auto add = [&key](std::uint64_t number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  add(s_.memo.setting());
  add(block.number);
  add(valued);
  std::uint64_t unknown = valued | 1;
  for (const std::uint16_t field : block.deciders) {
    const std::string_view code = message_.field(scope.segment, field);
    if (code.size() > kLongestCode) return block.rules;
    add(code.size());
    key += code;
    unknown &= ~(std::uint64_t{1} << field);
  }
  if (const auto* known = s_.shortlists.find(key)) return *known;
  const std::string kept = key;  // conditions may use its memory
  std::vector<Rule> rules;
  for (const Rule& rule : block.rules) {
    if (rule.guard != 0 && (valued >> rule.guard & 1) == 0) continue;
    Rule listed = rule;
    listed.when = known_part(rule.when, block, scope, unknown);
    // The rule's own field is asked about repetition by repetition.
    std::uint64_t own = 0;
    if (rule.source == Rule::Source::selector) own = std::uint64_t{1} << (program_.selectors[rule.index].field & 63);
    listed.when_each = known_part(rule.when_each, block, scope, unknown | own);
    if (listed.when != Test::kFails && listed.when_each != Test::kFails) rules.push_back(listed);
  }
  return s_.shortlists.keep(kept, std::move(rules));
}

}  // namespace yilian::mapping
