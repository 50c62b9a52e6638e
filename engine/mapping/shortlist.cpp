#include "engine/mapping/shortlist.h"

#include <algorithm>

#include "engine/mapping/run.h"

namespace yilian::mapping {

// Whether nothing but the number of a field's repetitions is asked.
bool Run::counts(const Expr& expr) const {
  return expr.op == Expr::Op::compare && program_.exprs[argument(expr, 0)].op == Expr::Op::count &&
         program_.exprs[argument(expr, 1)].is_number;
}

// A question that reads fields without a value and deciding fields only has the same answer in all segments that share
// the shape: it is asked here, once for them all.
std::uint32_t Run::known_part(std::uint32_t condition, std::uint16_t segment, const Scope& scope,
                              std::uint64_t unknown) {
  if (condition == kNone) return kNone;
  while (condition < Test::kFails) {
    const Test& test = program_.tests[condition];
    const Expr& expr = program_.exprs[test.expr];
    if (!expr.of_one || expr.segment != segment) break;
    if ((expr.fields & unknown) != 0 && (repetitions_ || !counts(expr))) break;
    condition = truth(test.expr, scope) ? test.yes : test.no;
  }
  return condition == Test::kHolds ? kNone : condition;
}

// In s_.text; false: a deciding field says too much to be a code.
bool Run::write_shape(Shape& shape, std::uint32_t kind, std::uint32_t number,
                      const std::vector<std::uint16_t>& deciders) {
  constexpr std::size_t kLongestCode = 16;
  std::string& text = s_.text;
  text.clear();
  const auto add = [&text](std::uint64_t part) { text.append(reinterpret_cast<const char*>(&part), sizeof part); };
  add(s_.memo.setting());
  add(std::uint64_t{number} << 2 | kind << 1 | (repetitions_ ? 1 : 0));
  add(shape.valued);
  shape.unknown = shape.valued | 1;
  for (const std::uint16_t field : deciders) {
    const std::string_view code = message_.field(shape.segment, field);
    if (code.size() > kLongestCode) return false;
    add(code.size());
    text += code;
    shape.unknown &= ~(std::uint64_t{1} << field);
    if (code.find(delimiters_.repetition) == std::string_view::npos) shape.repeated &= ~(std::uint64_t{1} << field);
  }
  return true;
}

const std::vector<std::uint32_t>* Run::row_list(const SegmentRows& rows, std::uint16_t id, std::uint32_t segment) {
  Shape shape{segment, s_.feeding[segment].valued};
  if (!write_shape(shape, 1, rows.number, rows.deciders)) return nullptr;
  if (const auto* const known = s_.row_lists.find(s_.text)) return known;
  const std::string kept = s_.text;  // conditions may use its memory
  Scope scope;
  scope.segment = segment;
  std::vector<std::uint32_t> whens;
  for (const std::uint32_t when : rows.whens) whens.push_back(known_part(when, id, scope, shape.unknown));
  return s_.row_lists.keep(kept, std::move(whens));
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
  Shape shape{scope.segment, valued};
  if (!write_shape(shape, 0, block.number, block.deciders)) return nullptr;
  if (Shortlist* const known = s_.shortlists.find(s_.text)) return known;
  const std::string kept = s_.text;  // conditions may use its memory
  std::vector<std::pair<const Nature*, Rule>> rules;
  for (std::size_t i = 0; i < block.rules.size(); ++i) {
    const Rule& rule = block.rules[i];
    if (rule.guard != 0 && (valued >> rule.guard & 1) == 0) continue;
    Rule listed = rule;
    listed.when = known_part(rule.when, block.segment, scope, shape.unknown);
    // The rule's own field is asked about repetition by repetition, if it has several.
    std::uint64_t own = 0;
    if (rule.source == Rule::Source::selector) own = std::uint64_t{1} << (program_.selectors[rule.index].field & 63);
    listed.when_each = known_part(rule.when_each, block.segment, scope, shape.unknown | (own & shape.repeated));
    if (listed.when != Test::kFails && listed.when_each != Test::kFails) rules.emplace_back(&block.natures[i], listed);
  }
  Shortlist list;
  split(std::move(rules), list);
  list.together.maker = ++s_.makers;
  return s_.shortlists.keep(kept, std::move(list));
}

}  // namespace yilian::mapping
