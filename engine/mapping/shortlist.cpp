#include "engine/mapping/shortlist.h"

#include <algorithm>
#include <bit>

#include "engine/mapping/run.h"

namespace yilian::mapping {

// Whether nothing but the number of a field's repetitions is asked.
bool Run::counts(const Expr& expr) const {
  return expr.op == Expr::Op::compare && program_.exprs[argument(expr, 0)].op == Expr::Op::count &&
         program_.exprs[argument(expr, 1)].is_number;
}

// Whether nothing but a field as a whole is asked for.
bool Run::asks_field(const Expr& expr) const {
  return expr.op == Expr::Op::selector && program_.selectors[expr.index].component == 0;
}

// A question that reads fields without a value and deciding fields only, or that asks no more of others than whether they
// are there, has the same answer in all segments that share the shape: it is asked here, once for them all.
std::uint32_t Run::known_part(std::uint32_t condition, const Look& look, const Scope& scope, std::uint64_t own) {
  if (condition == kNone) return kNone;
  const std::uint16_t segment = s_.index.id(look.segment);
  while (condition < Test::kFails) {
    const Test& test = program_.tests[condition];
    const Expr& expr = program_.exprs[test.expr];
    if (!expr.of_one || expr.segment != segment) break;
    const std::uint64_t unknown = (asks_field(expr) ? look.odd & look.unknown : look.unknown) | own;
    if ((expr.fields & unknown) != 0 && (repetitions_ || !counts(expr))) break;
    condition = truth(test.expr, scope) ? test.yes : test.no;
  }
  return condition == Test::kHolds ? kNone : condition;
}

// Of the fields with a value those that may yet tell nothing: a delimiter, a blank or a quote (`""`) comes first in them.
std::uint64_t Run::odd_fields(std::uint32_t segment, std::uint64_t valued) const {
  std::uint64_t odd = 1;  // from the 64th on nothing is known
  for (std::uint64_t rest = valued & ~std::uint64_t{1}; rest != 0; rest &= rest - 1) {
    const auto field = static_cast<unsigned>(std::countr_zero(rest));
    const char first = message_.field(segment, field).front();
    const bool plain = static_cast<unsigned char>(first) > ' ' && first != '"' && first != delimiters_.component &&
                       first != delimiters_.subcomponent && first != delimiters_.repetition;
    if (!plain) odd |= std::uint64_t{1} << field;
  }
  return odd;
}

// False: a deciding field says too much to be a code.
bool Run::describe(Look& look, std::uint32_t kind, std::uint32_t number, const std::vector<std::uint16_t>& deciders,
                   Shape& shape) const {
  constexpr std::size_t kLongestCode = 16;
  bool room = shape.add(s_.memo.setting()) && shape.add(std::uint64_t{number} << 2 | kind << 1 | (repetitions_ ? 1 : 0)) &&
              shape.add(look.valued) && shape.add(look.odd);
  look.unknown = look.valued | 1;
  for (const std::uint16_t field : deciders) {
    const std::string_view code = message_.field(look.segment, field);
    room = room && code.size() <= kLongestCode && shape.add(code.size()) && shape.add(code);
    if (!room) return false;
    look.unknown &= ~(std::uint64_t{1} << field);
    if (code.find(delimiters_.repetition) == std::string_view::npos) look.repeated &= ~(std::uint64_t{1} << field);
  }
  return room;
}

const std::vector<std::uint32_t>* Run::row_list(const SegmentRows& rows, std::uint32_t segment) {
  Look look{segment, s_.feeding[segment].valued, s_.feeding[segment].odd};
  Shape shape;
  if (!describe(look, 1, rows.number, rows.deciders, shape)) return nullptr;
  if (const auto* const known = s_.row_lists.find(shape, rows.number)) return known;
  Scope scope;
  scope.segment = segment;
  std::vector<std::uint32_t> whens;
  for (const std::uint32_t when : rows.whens) whens.push_back(known_part(when, look, scope, 0));
  return s_.row_lists.keep(shape, std::move(whens));
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
  Look look{scope.segment, valued, s_.feeding[scope.segment].odd};
  Shape shape;
  if (!describe(look, 0, block.number, block.deciders, shape)) return nullptr;
  if (Shortlist* const known = s_.shortlists.find(shape, block.number)) return known;
  std::vector<std::pair<const Nature*, Rule>> rules;
  for (std::size_t i = 0; i < block.rules.size(); ++i) {
    const Rule& rule = block.rules[i];
    if (rule.guard != 0 && (valued >> rule.guard & 1) == 0) continue;
    Rule listed = rule;
    listed.when = known_part(rule.when, look, scope, 0);
    // The rule's own field is asked about repetition by repetition, if it has several.
    std::uint64_t own = 0;
    if (rule.source == Rule::Source::selector) own = std::uint64_t{1} << (program_.selectors[rule.index].field & 63);
    listed.when_each = known_part(rule.when_each, look, scope, own & look.repeated);
    if (listed.when != Test::kFails && listed.when_each != Test::kFails) rules.emplace_back(&block.natures[i], listed);
  }
  Shortlist list;
  split(std::move(rules), list);
  list.together.maker = ++s_.makers;
  return s_.shortlists.keep(shape, std::move(list));
}

}  // namespace yilian::mapping
