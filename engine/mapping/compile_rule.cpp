// One rule: source, target and action.

#include <algorithm>

#include "engine/mapping/compiler.h"

namespace yilian::mapping {

using config::Node;

namespace {

bool is_a(const fhir::Type* type, const fhir::Type* wanted) {
  for (; type != nullptr; type = type->base) {
    if (type == wanted) return true;
  }
  return false;
}

// SimpleQuantity, Age and Duration are written by what writes a Quantity.
bool fits(const fhir::Type* target, const fhir::Type* made) { return is_a(target, made) || is_a(made, target); }

bool textual(Primitive primitive) { return is_textual(primitive) || primitive == Primitive::other; }

bool is_coded(const fhir::Type& type) { return type.name == "Coding" || type.name == "CodeableConcept"; }

}  // namespace

const fhir::Element* Compiler::last_element(const Path& path) const {
  return path.steps == 0 || path.entered ? nullptr : program_->steps[path.first + path.steps - 1].element;
}

std::string_view Compiler::compile_refusal(const RuleSource& source, bool row) {
  const Node refuse = source.part("refuse");
  for (const auto& [name, part] : source.parts) {
    if (name == "refuse" || name == "when" || name == "comment" || (row && name == "from")) continue;
    fail(part, "`" + name + "` has no use where `refuse` stands", "write it as a rule of its own");
    return {};
  }
  const std::string reason = refuse.text_or("");
  if (reason.empty()) fail(refuse, "`refuse` says why the message is refused", "write it for the sender to read");
  return keep(reason);
}

bool Compiler::compile_rule(const RuleSource& source, const Place& place, Rule& out, const std::string* to) {
  if (source.part("refuse") && to == nullptr) {
    out.action = Rule::Action::refuse;
    out.literal = compile_refusal(source, false);
    out.info = static_cast<std::uint32_t>(program_->infos.size());
    program_->infos.push_back({source.id, source.node.place()});
    if (const Node when = source.part("when")) {
      out.when = compile_condition(when, place);
      if (out.when == kNone) return false;
    }
    return !out.literal.empty();
  }
  const Node target = to == nullptr ? source.part("to") : source.node;
  const std::string text = to == nullptr ? target.text_or("") : *to;
  if (text.empty()) {
    fail(source.node, "the rule has no `to`", "name the element that it fills");
    return false;
  }
  Path path;
  if (text == "$this" || text == "$value") {
    out.this_target = true;
    path.type = place.target;
    path.ok = true;
  } else {
    if (place.primitive != Primitive::none) {
      fail(target, place.label_space + " makes a " + std::string(place.target->name) + ", which has no elements",
           "write to: $this");
      return false;
    }
    path = compile_path(text, place, target);
    if (!path.ok) return false;
  }
  out.first_step = path.first;
  out.steps = path.steps;
  out.info = static_cast<std::uint32_t>(program_->infos.size());
  program_->infos.push_back({source.id, source.node.place()});
  for (std::uint32_t i = path.first; i < path.first + path.steps; ++i) {
    const Step& step = program_->steps[i];
    out.repeats = out.repeats || step.repeats;
    if (step.kind == Step::Kind::enter) entered_by_[step.slot].insert(source.id);
    if (place.nature == nullptr) continue;
    place.nature->closed = place.nature->closed && !step.common;
    place.nature->enters = place.nature->enters || step.kind == Step::Kind::enter;
  }
  const fhir::Element* const last = last_element(path);
  out.one_concept = last != nullptr && path.type->name == "CodeableConcept" &&
                    !program_->steps[path.first + path.steps - 1].list;
  bool ok = compile_source(source, place, out);
  ok = compile_action(source, place, path, out) && ok;
  if (const Node when = source.part("when")) {
    const std::uint32_t condition = compile_condition(when, place);
    ok = ok && condition != kNone;
    (condition != kNone && reads(condition, out) ? out.when_each : out.when) = condition;
  }
  const std::size_t before = issues_.size();
  compile_options(source, path, out);
  if (out.source == Rule::Source::selector && out.index != kNone && !out.has_otherwise) {
    const Selector& selector = program_->selectors[out.index];
    const bool own = selector.base == Selector::Base::segment && place.own_segment != 0 &&
                     selector.segment == place.own_segment && selector.field < 64;
    if (own) out.guard = static_cast<std::uint8_t>(selector.field);
    if (selector.base == Selector::Base::value && selector.component < 64) {
      out.guard = static_cast<std::uint8_t>(selector.component);
    }
  }
  out.repeats = out.repeats || out.this_target || out.only != Rule::Only::all;
  return ok && issues_.size() == before;
}

// Whether a condition reads the field that the rule takes repetition by repetition.
bool Compiler::reads(std::uint32_t condition, const Rule& rule) const {
  if (rule.source != Rule::Source::selector || rule.index == kNone) return false;
  const Selector& own = program_->selectors[rule.index];
  const auto same = [&](const Expr& expr) {
    if (expr.op != Expr::Op::selector) return false;
    const Selector& read = program_->selectors[expr.index];
    return read.base == own.base && read.segment == own.segment && read.field == own.field;
  };
  const auto exprs = asked(condition);
  return std::any_of(exprs.begin(), exprs.end(), [&](std::uint32_t expr) { return same(program_->exprs[expr]); });
}

std::vector<std::uint32_t> Compiler::asked(std::uint32_t condition) const {
  std::vector<std::uint32_t> exprs, tests{condition};
  std::set<std::uint32_t> seen{Test::kHolds, Test::kFails, kNone};
  while (!tests.empty()) {
    const std::uint32_t at = tests.back();
    tests.pop_back();
    if (!seen.insert(at).second) continue;
    const Test& test = program_->tests[at];
    tests.insert(tests.end(), {test.yes, test.no});
    exprs.push_back(test.expr);
  }
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    const Expr& expr = program_->exprs[exprs[i]];
    for (std::uint32_t k = 0; k < expr.count; ++k) exprs.push_back(program_->arguments[expr.first + k]);
  }
  return exprs;
}

// Fields of a segment that many rules compare with codes (`conditions`: each rule's): the more of them, the more rules an
// answer rules out. Each further one makes more shortlists, so there are two at most.
std::vector<std::uint16_t> Compiler::find_deciders(std::uint16_t segment,
                                                   const std::vector<std::vector<std::uint32_t>>& conditions) const {
  constexpr std::size_t kMost = 2;
  constexpr int kFewest = 3;
  std::map<std::uint16_t, int> rules_by_field;
  std::vector<std::uint16_t> deciders;
  for (const auto& of_rule : conditions) {
    std::set<std::uint16_t> fields;
    for (const std::uint32_t condition : of_rule) {
      for (const std::uint32_t index : asked(condition)) {
        const Expr& expr = program_->exprs[index];
        if (expr.op != Expr::Op::compare && expr.op != Expr::Op::among) continue;
        const Expr& left = program_->exprs[program_->arguments[expr.first]];
        if (left.op != Expr::Op::selector || left.segment != segment) continue;
        const Selector& read = program_->selectors[left.index];
        if (read.field < 64 && read.component == 0) fields.insert(read.field);
      }
    }
    for (const std::uint16_t field : fields) ++rules_by_field[field];
  }
  while (deciders.size() < kMost && !rules_by_field.empty()) {
    const auto most = std::max_element(rules_by_field.begin(), rules_by_field.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most->second < kFewest) break;
    deciders.push_back(most->first);
    rules_by_field.erase(most);
  }
  return deciders;
}

bool Compiler::compile_source(const RuleSource& source, const Place& place, Rule& out) {
  const Node from = source.part("from");
  if (!from) {
    if (source.part("value")) return true;
    fail(source.node, "the rule has neither `from` nor `value`", "say where the value comes from");
    return false;
  }
  const std::string text = from.text_or("");
  PathName path;
  if (parse_path(text, path) && !(path.segment && path.field == 0 && path.head != place.datatype)) {
    if (path.segment && path.field == 0) path = PathName{".", false};
    out.source = Rule::Source::selector;
    out.index = compile_selector(path, text, from, place);
    return out.index != kNone;
  }
  out.source = Rule::Source::expression;
  out.index = compile_operand(text, from, place);
  return out.index != kNone;
}

// The literal as FHIR writes it; empty when it is none of the element's, which is told.
std::string_view Compiler::compile_literal(std::string_view literal, const Path& path, const Node& node) {
  const Primitive primitive = primitive_named(path.type->name);
  fhir::Arena arena(256);
  const auto converted = convert(primitive, literal, Zone::shanghai(), arena);
  if (!converted) {
    fail(node, "'" + std::string(literal) + "' is no " + std::string(path.type->name));
    return {};
  }
  const fhir::Element* element = last_element(path);
  const bool any = primitive != Primitive::code || element == nullptr || element->codes.empty();
  if (any || std::binary_search(element->codes.begin(), element->codes.end(), *converted))
    return keep(std::string(*converted));
  fail(node, "'" + std::string(literal) + "' is none of the codes that " + std::string(element->name) + " may have",
       did_you_mean(literal, {element->codes.begin(), element->codes.end()}));
  return {};
}

bool Compiler::compile_value(const Node& value, const Place& place, const Path& path, Rule& out) {
  if (primitive_named(path.type->name) == Primitive::none) {
    fail(value, "a literal cannot be a whole " + std::string(path.type->name),
         "write it to the elements below, one rule each");
    return false;
  }
  const auto literal = value.text();
  if (!literal) {
    fail(value, "a `value` is one text, number or boolean");
    return false;
  }
  if (literal->find('{') == std::string::npos) {
    out.action = Rule::Action::literal;
    out.literal = compile_literal(*literal, path, value);
    return !out.literal.empty();
  }
  out.action = Rule::Action::pieces;
  out.first_piece = static_cast<std::uint32_t>(program_->pieces.size());
  std::vector<Piece> pieces;
  std::string_view rest = *literal;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    if (open != 0) pieces.push_back({keep(std::string(rest.substr(0, open))), kNone});
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    if (close == std::string_view::npos) {
      fail(value, "a '}' is missing in '" + *literal + "'");
      return false;
    }
    const std::uint32_t expr = compile_operand(std::string(rest.substr(open + 1, close - open - 1)), value, place);
    if (expr == kNone) return false;
    pieces.push_back({{}, expr});
    rest.remove_prefix(close + 1);
  }
  out.pieces = static_cast<std::uint32_t>(pieces.size());
  program_->pieces.insert(program_->pieces.end(), pieces.begin(), pieces.end());
  return true;
}

bool Compiler::compile_table_use(const RuleSource& source, const Path& path, Rule& out) {
  const Node node = source.part("table");
  out.table = find_table(node);
  if (out.table == kNone) return false;
  const Table& table = program_->tables[out.table];
  const fhir::Element* element = last_element(path);
  if (element == nullptr || element->codes.empty()) return true;
  bool ok = true;
  for (const Coding& coding : table.codings) {
    if (std::binary_search(element->codes.begin(), element->codes.end(), std::string_view(coding.code))) continue;
    fail(node,
         "table " + table.name + " has the code '" + coding.code + "', which " + std::string(element->name) +
             " may not have",
         did_you_mean(coding.code, {element->codes.begin(), element->codes.end()}));
    ok = false;
  }
  return ok;
}

bool Compiler::compile_block_use(const RuleSource& source, const Path& path, const Place& place, Rule& out) {
  const Node node = source.part("as");
  out.block = find_block(node);
  if (out.block == kNone) return false;
  const Block& block = program_->blocks[out.block];
  if (current_block_ != kNone) uses_[current_block_].insert(out.block);
  if (block.target == nullptr) return false;
  if (sources_.maps.at(block.name).segment) {
    fail(node, block.name + " is a segment map; `as` takes a datatype map");
    return false;
  }
  const Primitive primitive = primitive_named(path.type->name);
  const bool fitting = primitive == Primitive::none
                           ? fits(path.type, block.target)
                           : block.primitive == primitive || (textual(primitive) && textual(block.primitive));
  if (!fitting) {
    fail(node,
         "the target is a " + std::string(path.type->name) + ", but " + block.name + " makes a " +
             std::string(block.target->name),
         suggest_map(source, *path.type, place));
    return false;
  }
  if (path.entered && !block.key.alternatives.empty())
    keyed_slots_.insert(program_->steps[path.first + path.steps - 1].slot);
  return true;
}

// "use CX[Identifier]": the maps of the field's datatype, or any, that make the type.
std::string Compiler::suggest_map(const RuleSource& source, const fhir::Type& type, const Place& place) const {
  PathName path;
  std::string datatype = place.datatype;
  if (parse_path(source.part("from").text_or(""), path)) {
    std::string_view found;
    if (path.segment) {
      const auto* facts = hl7v2::field_facts(path.head, path.field);
      if (facts != nullptr)
        found = path.component == 0 ? facts->datatype : hl7v2::component_datatype(facts->datatype, path.component);
    } else if (path.component != 0) {
      found = hl7v2::component_datatype(place.datatype, path.component);
    }
    if (!found.empty()) datatype = std::string(found);
  }
  std::string fitting, any;
  for (const auto& [name, map] : sources_.maps) {
    if (map.segment || find_type(map.target) != &type) continue;
    (map.type == datatype ? fitting : any) += ((map.type == datatype ? fitting : any).empty() ? "" : ", ") + name;
  }
  if (!fitting.empty()) return "use as: " + fitting;
  if (!any.empty()) return "maps for it: " + any;
  return "add a map datatypes/" + (datatype.empty() ? "…" : datatype) + "[" + std::string(type.name) + "].yaml";
}

bool Compiler::compile_action(const RuleSource& source, const Place& place, const Path& path, Rule& out) {
  const Primitive primitive = primitive_named(path.type->name);
  if (const Node value = source.part("value")) {
    if (source.part("as") || source.part("table")) fail(value, "`value` stands alone, without `as` and `table`");
    return compile_value(value, place, path, out);
  }
  bool ok = true;
  if (source.part("table")) ok = compile_table_use(source, path, out);
  if (source.part("as")) ok = compile_block_use(source, path, place, out) && ok;
  if (primitive != Primitive::none) {
    // A table looks up the code itself; the map beside it would only have found it.
    out.action = out.block != kNone && out.table == kNone ? Rule::Action::block : Rule::Action::text;
    return ok;
  }
  if (source.part("table")) {
    if (!is_coded(*path.type)) {
      fail(source.part("table"), "a table gives a code; the target is a " + std::string(path.type->name));
      return false;
    }
    out.action = Rule::Action::coded;
    out.coding_step = path.type->name == "CodeableConcept" ? program_->concept_coding : kNone;
    return ok;
  }
  out.action = Rule::Action::block;
  if (source.part("as")) return ok;
  fail(source.node, "the target is a " + std::string(path.type->name) + " and needs a datatype map",
       suggest_map(source, *path.type, place));
  return false;
}

void Compiler::compile_options(const RuleSource& source, const Path& path, Rule& out) {
  if (const Node via = source.part("via")) {
    const std::string name = via.text_or("");
    if (name == "system") {
      out.via = Rule::Via::system;
    } else if (name == "base64") {
      out.via = Rule::Via::base64;
    } else if (name == "hex") {
      out.via = Rule::Via::hex;
    } else {
      fail(via, "`via` is system, base64 or hex", did_you_mean(name, {"system", "base64", "hex"}));
    }
    if (out.action != Rule::Action::text) fail(via, "`via` is for a text that goes to a primitive element");
  }
  if (const Node otherwise = source.part("else")) {
    out.has_otherwise = true;
    if (out.action == Rule::Action::block && primitive_named(path.type->name) == Primitive::none) {
      fail(otherwise, "`else` is a literal; the target is a whole " + std::string(path.type->name));
    } else {
      const std::string text = otherwise.text_or("");
      out.otherwise = out.action == Rule::Action::coded ? keep(text) : compile_literal(text, path, otherwise);
    }
  }
  if (const Node join = source.part("join")) {
    out.joined = true;
    out.join = keep(join.text_or(""));
    const bool field = out.source == Rule::Source::selector && out.index != kNone &&
                       program_->selectors[out.index].base == Selector::Base::segment;
    if (out.action != Rule::Action::text || !field)
      fail(join, "`join` is for the repetitions of a field that go to one text");
  }
  if (const Node only = source.part("only")) {
    const std::string word = only.text_or("");
    if (word == "first") {
      out.only = Rule::Only::first;
    } else if (word == "last") {
      out.only = Rule::Only::last;
    } else if (auto number = only.need_integer(1, 1000)) {
      out.only = Rule::Only::number;
      out.only_number = static_cast<std::uint16_t>(*number);
    } else {
      fail(only, "`only` is first, last, or the number of a repetition");
    }
  }
}

}  // namespace yilian::mapping
