#include "engine/mapping/compiler.h"

#include <algorithm>
#include <atomic>

namespace yilian::mapping {

using config::Node;

std::uint32_t Table::find(std::string_view code) const {
  if (code.empty()) return kNone;
  if (const std::uint32_t entry = exact.find(code); entry != FlatMap::kAbsent) return entry;
  char lower[64];
  if (code.size() > sizeof lower) return kNone;
  std::transform(code.begin(), code.end(), lower,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return folded.find({lower, code.size()});
}

void Nature::reads(Input input) {
  if (std::find(inputs.begin(), inputs.end(), input) == inputs.end()) inputs.push_back(input);
}

void Nature::add(const Nature& other) {
  steady = steady && other.steady;
  closed = closed && other.closed;
  enters = enters || other.enters;
  for (const Input& input : other.inputs) reads(input);
}

std::uint16_t SegmentIds::add(std::string_view id) {
  if (const std::uint16_t known = find(id); known != kUnknown) return known;
  if (names_.size() * 2 > kSlots) return kUnknown;
  const std::uint32_t key = packed(id);
  std::size_t i = start(key);
  while (slots_[i].number != kUnknown) i = (i + 1) & (kSlots - 1);
  slots_[i] = {key, static_cast<std::uint16_t>(names_.size())};
  names_.emplace_back(id);
  return slots_[i].number;
}

namespace {

// Whether a quoted part of a key is meant as an expression: YAML wants quotes around `OBR-3 ?? OBR-2` in a list.
bool reads_fields(const Result<Expression>& parsed, const std::string& text) {
  if (!parsed) return false;
  return parsed->op == Expression::Op::call || parsed->op == Expression::Op::coalesce ||
         (parsed->op == Expression::Op::path && text.find_first_of("-.") != std::string::npos);
}

}  // namespace

void Compiler::fail(const Node& node, std::string what, std::string cure) {
  issues_.push_back(node.fail(std::move(what), std::move(cure)).value());
}

std::string Compiler::did_you_mean(std::string_view word, std::vector<std::string_view> known) const {
  const std::string near = config::nearest(word, known);
  return near.empty() ? std::string() : "did you mean " + near + "?";
}

std::string_view Compiler::keep(std::string text) { return program_->texts.emplace_back(std::move(text)); }

const RequiredElements* Compiler::required(const fhir::Type* type) {
  auto& known = program_->required[type];
  if (!known) {
    known = std::make_unique<RequiredElements>();
    for (const fhir::Element& element : type->elements) {
      // What a Reference, an id or a primitive's own value needs, the runner writes by itself.
      if (element.required) known->orders.push_back(element.order);
    }
  }
  return known->orders.empty() ? nullptr : known.get();
}

const fhir::Type* Compiler::find_type(const std::string& name) {
  if (const fhir::Type* type = fhir::type(name)) return type;
  // The guide writes CX[String], DR[DateTime].
  std::string lower = name;
  if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z') lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  return fhir::type(lower);
}

void Compiler::compile_tables() {
  for (const auto& [name, source] : sources_.tables) {
    Table table;
    table.name = name;
    table.to = source.to;
    table.replace = source.replace;
    std::map<std::string, TableEntry> spelled;  // entries that say what a code means
    for (const auto* entries : {&source.own, &source.entries}) {
      for (const auto& [code, entry] : *entries) {
        if (!entry.display.empty() || !entry.system.empty()) spelled.emplace(entry.code, entry);
      }
    }
    for (const auto* entries : {&source.own, &source.entries}) {
      for (const auto& [code, entry] : *entries) {
        const auto meaning = spelled.find(entry.code);
        const bool bare = entry.display.empty() && entry.system.empty() && meaning != spelled.end();
        const TableEntry& said = bare ? meaning->second : entry;
        const auto number = static_cast<std::uint32_t>(table.codings.size());
        table.codings.push_back({said.code, said.display, said.system.empty() ? source.to : said.system});
        std::string lower = code;
        for (char& c : lower) {
          if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        table.exact.insert(code, number);
        table.folded.insert(lower, number);
      }
    }
    tables_.emplace(name, static_cast<std::uint32_t>(program_->tables.size()));
    program_->tables.push_back(std::move(table));
  }
}

std::uint32_t Compiler::find_block(const Node& node) {
  const std::string name = node.text_or("");
  if (const auto found = blocks_.find(name); found != blocks_.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& entry : blocks_) known.push_back(entry.first);
  const std::string near = did_you_mean(name, known);
  fail(node, "no map is named '" + name + "'",
       near.empty() ? "add the file segments/ or datatypes/" + name + ".yaml" : near);
  return kNone;
}

std::uint32_t Compiler::find_table(const Node& node) {
  const std::string name = node.text_or("");
  if (const auto found = tables_.find(name); found != tables_.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& entry : tables_) known.push_back(entry.first);
  const std::string near = did_you_mean(name, known);
  fail(node, "no table is named '" + name + "'", near.empty() ? "add the file tables/" + name + ".yaml" : near);
  return kNone;
}

// A key is a list of alternatives, each a list of expressions. YAML splits `pick(PID-3, "MR")` at its commas: the
// pieces of one call are put together again.
Key Compiler::compile_key(const Node& node, const Place& place) {
  Key key;
  if (node && !node.is_list()) {
    fail(node, "a key is a list of alternatives", "write key: [[\"patient\", PID-3.1]]");
    return key;
  }
  for (const Node& alternative : node.items()) {
    if (!alternative.is_list()) {
      fail(alternative, "an alternative of a key is a list of expressions", "write key: [[\"patient\", PID-3.1]]");
      continue;
    }
    std::vector<std::uint32_t> parts;
    std::string pending;
    for (const Node& item : alternative.items()) {
      const std::string text = item.text_or("");
      if (pending.empty() && item.quoted() && !reads_fields(operand(text), text)) {
        Expr literal;
        literal.text = keep(text);
        parts.push_back(add_expr(literal));
        continue;
      }
      const bool inner = !pending.empty();  // a piece of a call that YAML has split
      if (inner) pending += ", ";
      pending += inner && item.quoted() ? '"' + text + '"' : text;
      if (std::count(pending.begin(), pending.end(), '(') > std::count(pending.begin(), pending.end(), ')')) continue;
      if (const std::uint32_t expr = compile_operand(pending, item, place); expr != kNone) parts.push_back(expr);
      pending.clear();
    }
    if (!pending.empty()) fail(alternative, "a ')' is missing in '" + pending + "'");
    key.alternatives.push_back(std::move(parts));
  }
  return key;
}

std::vector<Default> Compiler::compile_defaults(const Node& node, const Place& place, const std::string& name) {
  std::vector<Default> defaults;
  int position = 0;
  for (const auto& [path, value] : node.members()) {
    RuleSource source;
    source.id = name + "#default:" + path;
    source.node = value;
    if (value.is_map()) {
      source = read_rule(value, false, false, issues_);
      source.id = name + "#default:" + path;
    } else {
      source.parts.set("value", value);
    }
    Place inner = place;
    inner.own_segment = 0;  // they run from whatever segment made the resource
    inner.label_space = name + "#defaults";
    inner.unique = std::to_string(++position);
    Rule rule;
    const bool ok = compile_rule(source, inner, rule, &path);
    if (ok && rule.steps > 0) defaults.push_back({program_->steps[rule.first_step].order, rule});
  }
  return defaults;
}

void Compiler::compile_block(const MapSource& source, Block& block) {
  Place place;
  place.label_space = source.name;
  place.datatype = source.segment ? std::string() : source.type;
  place.target = block.target;
  place.primitive = block.primitive;
  if (source.segment) place.own_segment = program_->segments.add(source.type);
  current_block_ = blocks_.at(source.name);
  int position = 0;
  for (const RuleSource& rule : source.rules) {
    if (!rule.node.is_map()) continue;
    place.unique = std::to_string(++position);
    Nature nature;
    place.nature = &nature;
    Rule compiled;
    if (compile_rule(rule, place, compiled)) {
      block.rules.push_back(compiled);
      if (source.segment) block.natures.push_back(nature);
    }
    block.nature.add(nature);
  }
  place.nature = &block.nature;
  block.segment = place.own_segment;
  if (block.segment != 0) {
    std::vector<std::vector<std::uint32_t>> conditions;
    for (const Rule& rule : block.rules) conditions.push_back({rule.when, rule.when_each});
    block.deciders = find_deciders(block.segment, conditions);
  }
  block.defaults = compile_defaults(source.node["defaults"], place, source.name);
  current_block_ = kNone;
}

void Compiler::compile_blocks() {
  for (const auto& [name, source] : sources_.maps) {
    blocks_.emplace(name, static_cast<std::uint32_t>(program_->blocks.size()));
    Block& block = program_->blocks.emplace_back();
    block.name = name;
    block.number = blocks_.at(name);
    block.target = find_type(source.target);
    if (block.target == nullptr) {
      std::vector<std::string_view> known{"Identifier", "HumanName",  "Address",    "ContactPoint", "CodeableConcept",
                                          "Coding",     "Quantity",   "Period",     "Range",        "Ratio",
                                          "Reference",  "Attachment", "Annotation", "string",       "code",
                                          "uri",        "dateTime"};
      for (const fhir::Type* type : fhir::resource_types()) known.push_back(type->name);
      fail(source.node["target"] ? source.node["target"] : source.node, "FHIR R4 has no type " + source.target,
           did_you_mean(source.target, known));
      continue;
    }
    block.primitive = primitive_named(block.target->name);
    if (source.segment && !known_segment(source.type))
      fail(source.node["segment"], "HL7 v2 has no segment " + source.type,
           "declare a Z segment in the hospital's `segments`");
  }
  // Keys first: whether a map has one decides how the rules that apply it make their resources.
  for (const auto& [name, source] : sources_.maps) {
    Block& block = program_->blocks[blocks_.at(name)];
    Place place;
    place.datatype = source.segment ? std::string() : source.type;
    place.target = block.target;
    place.nature = &block.nature;
    block.key = compile_key(source.node["key"], place);
  }
  for (const auto& [name, source] : sources_.maps) {
    Block& block = program_->blocks[blocks_.at(name)];
    if (block.target != nullptr) compile_block(source, block);
  }
}

bool Compiler::check_cycles(std::uint32_t block, std::vector<std::uint8_t>& state) {
  if (state[block] == 1) {
    const std::string& name = program_->blocks[block].name;
    fail(sources_.maps.at(name).node, name + " applies itself, by way of its own rules",
         "write a map of another name for the inner value");
    return false;
  }
  if (state[block] == 2) return true;
  state[block] = 1;
  bool ok = true;
  for (const std::uint32_t used : uses_[block]) {
    ok = check_cycles(used, state) && ok;
    program_->blocks[block].nature.add(program_->blocks[used].nature);
  }
  for (const Rule& rule : program_->blocks[block].rules) add_touched(rule, program_->blocks[block].nature.touches);
  state[block] = 2;
  return ok;
}

void Compiler::add_touched(const Rule& rule, Orders& touches) const {
  if (rule.steps > 0) return touches.add(program_->steps[rule.first_step].order);
  if (rule.action == Rule::Action::coded) touches.add(program_->coded);
  if (rule.block != kNone) touches.add(program_->blocks[rule.block].nature.touches);
}

void Compiler::finish_blocks() {
  std::vector<std::uint8_t> state(program_->blocks.size(), 0);
  for (std::uint32_t i = 0; i < program_->blocks.size(); ++i) check_cycles(i, state);
  for (Block& block : program_->blocks) {
    for (std::size_t i = 0; i < block.natures.size(); ++i) {
      const Rule& rule = block.rules[i];
      if (rule.block != kNone) block.natures[i].add(program_->blocks[rule.block].nature);
      add_touched(rule, block.natures[i].touches);
    }
  }
  for (Step& step : program_->steps) {
    if (step.kind != Step::Kind::enter) continue;
    step.keyed = keyed_slots_.count(step.slot) > 0;
    step.shared = entered_by_[step.slot].size() > 1;
  }
}

std::uint32_t Compiler::special_step(const char* type, const char* element) {
  Place place;
  place.label_space = std::string("$") + type;
  place.target = fhir::type(type);
  place.unique = element;
  return compile_path(element, place, Node()).first;
}

void Compiler::add_special_steps() {
  program_->reference_display = special_step("Reference", "display");
  program_->reference_identifier = special_step("Reference", "identifier");
  program_->coding_system = special_step("Coding", "system");
  program_->coding_code = special_step("Coding", "code");
  program_->coding_display = special_step("Coding", "display");
  program_->concept_coding = special_step("CodeableConcept", "coding");
  program_->concept_text = special_step("CodeableConcept", "text");
  for (const std::uint32_t step : {program_->coding_system, program_->coding_code, program_->coding_display,
                                   program_->concept_coding, program_->concept_text})
    program_->coded.add(program_->steps[step].order);
}

std::unique_ptr<Program> Compiler::compile() {
  static std::atomic<std::uint64_t> programs{0};
  program_ = std::make_unique<Program>();
  program_->serial = ++programs;
  program_->fingerprint = sources_.fingerprint;
  program_->systems = Systems(sources_.systems);
  program_->script = sources_.script;
  program_->msh = program_->segments.add("MSH");
  program_->obx = program_->segments.add("OBX");
  add_special_steps();
  compile_tables();
  compile_blocks();
  program_->messages.reserve(sources_.messages.size());
  for (const auto& [name, source] : sources_.messages) compile_message(source);
  finish_blocks();
  return std::move(program_);
}

}  // namespace yilian::mapping
