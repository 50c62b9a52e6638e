// Segment and datatype maps: every name against the definitions of HL7 v2 and FHIR, all problems at once.

#include <algorithm>
#include <set>

#include "engine/hl7v2/grammar.h"
#include "engine/mapping/outbound/compile_message.h"
#include "engine/mapping/outbound/program.h"

namespace yilian::mapping::outbound {
namespace {

// Types that take each other's maps.
std::string_view family(std::string_view type) {
  for (const std::string_view coded : {"CE", "CNE", "CF", "IS", "ID"}) {
    if (type == coded) return "CWE";
  }
  return type == "TS" || type == "DT" ? "DTM" : type;
}

class Compiler {
 public:
  Compiler(const Sources& sources, std::vector<Issue>& issues) : sources_(sources), issues_(issues) {
    for (const auto& [name, option] : sources.options) options_.insert(name);
    for (const auto& [name, table] : sources.tables) tables_.insert(name);
  }

  std::unique_ptr<Program> compile(const config::Node& profile) {
    auto program = std::make_unique<Program>();
    program_ = program.get();
    program->profile = read_profile(profile, sources_, issues_);
    program->version = hl7v2::Version(program->profile.version);
    program->tables = sources_.tables;
    for (const auto& [name, map] : program->profile.tables) {
      if (auto done = prefer(program->tables.at(name), map); !done) issues_.push_back(done.error());
    }
    for (const auto& [name, source] : sources_.maps) {
      auto map = std::make_unique<Map>();
      map->name = name;
      map->type = source.type;
      map->segment = source.segment;
      map->source = fhir::type(source.source);
      if (map->source == nullptr) problem(source.node.fail("FHIR has no type '" + source.source + "'", "`source:` names it when the brackets do not"));
      program->maps.emplace(name, std::move(map));
    }
    for (const auto& [name, source] : sources_.maps) compile_rules(source, *program->maps.at(name));
    for (const auto& [name, source] : sources_.maps) check_circle(source, *program->maps.at(name));
    const Known known{sources_, program->maps, options_, tables_};
    for (const auto& [name, node] : sources_.messages) program->messages.push_back(compile_message(name, node, known, issues_));
    std::stable_sort(program->messages.begin(), program->messages.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
    for (const auto& type : program->profile.messages) {
      const bool there = std::any_of(program->messages.begin(), program->messages.end(), [&](const MessageMap& m) {
        return std::any_of(m.events.begin(), m.events.end(), [&](const Event& e) { return e.type == type; });
      });
      if (!there) problem(profile["messages"].fail("no message file makes " + type));
    }
    return issues_.empty() ? std::move(program) : nullptr;
  }

 private:
  void problem(const Failure& failure) { issues_.push_back(failure.value()); }

  template <class T>
  std::optional<T> read(const config::Node& node, const Scope& scope, Result<T> (*parse)(std::string_view, const Scope&)) {
    if (!node) return std::nullopt;
    auto text = node.need_text();
    if (!text) {
      issues_.push_back(text.error());
      return std::nullopt;
    }
    auto made = parse(*text, scope);
    if (made) return std::move(*made);
    problem(node.fail(made.error().what, made.error().cure));
    return std::nullopt;
  }

  void compile_rules(const MapSource& source, Map& map) {
    Scope scope{map.source, nullptr, &options_, &tables_};
    int number = 0;
    for (const auto& node : source.node["rules"].items()) {
      ++number;
      if (!node.is_map()) {
        problem(node.fail("a rule is a map: {to: …, from: …}"));
        continue;
      }
      if (auto known = node.only({"to", "from", "as", "value", "when", "table", "else", "told", "join", "split", "only", "id"}); !known) {
        issues_.push_back(known.error());
        continue;
      }
      Rule rule;
      rule.id = node["id"].text_or(map.name + "#" + std::to_string(number));
      rule.place = node.place();
      rule.when = read<Expression>(node["when"], scope, parse_condition);
      rule.told = read<Path>(node["told"], scope, parse_path);
      rule.from = read<Expression>(node["from"], scope, parse_operand);
      if (node["value"]) rule.value = node["value"].text_or("");
      if (node["else"]) rule.otherwise = node["else"].text_or("");
      if (node["join"]) rule.join = node["join"].text_or("");
      rule.split = node["split"].text_or("");
      rule.first = node["only"].text_or("") == "first";
      if (node["only"] && !rule.first) problem(node["only"].fail("only: first"));
      if (node["told"]) {
        if (node["to"] || node["from"]) problem(node.fail("`told:` writes nothing", "leave `to:` and `from:` out"));
        map.rules.push_back(std::move(rule));
        continue;
      }
      if (!node["from"] && !node["value"]) problem(node.fail("a rule needs `from:` or `value:`"));
      const std::string datatype = compile_spot(node, source, rule);
      compile_as(node, rule, datatype);
      if (const auto table = node["table"]; table) {
        const auto found = program_->tables.find(table.text_or(""));
        if (found == program_->tables.end()) {
          problem(table.fail("no table '" + table.text_or("") + "'", nearest(table.text_or(""), tables_)));
        } else {
          rule.table = &found->second;
        }
      }
      map.rules.push_back(std::move(rule));
    }
  }

  static std::string nearest(const std::string& word, const std::set<std::string>& names) {
    const std::string near = config::nearest(word, std::vector<std::string_view>(names.begin(), names.end()));
    return near.empty() ? "" : "did you mean " + near + "?";
  }

  // Reads `to`; the HL7 datatype of the place, empty when any may stand there.
  std::string compile_spot(const config::Node& node, const MapSource& source, Rule& rule) {
    const auto to = node["to"];
    std::string text = to.text_or("");
    const std::string whole = text;
    const auto wrong = [&](const std::string& what) {
      problem((to ? to : node).fail(what, source.segment ? "SEG-field.component.subcomponent, like " + source.type + "-3.1" : source.type + ".1, or " + source.type + " for the whole"));
      return std::string();
    };
    if (!text.starts_with(source.type)) return wrong("`to:` must begin with " + source.type);
    text.erase(0, source.type.size());
    std::vector<unsigned> numbers;
    char expected = source.segment ? '-' : '.';
    while (!text.empty()) {
      if (text[0] != expected) return wrong("'" + whole + "' is no place");
      std::size_t end = 1;
      while (end < text.size() && text[end] >= '0' && text[end] <= '9' && end < 5) ++end;
      if (end == 1 || text[1] == '0') return wrong("'" + whole + "' is no place");
      numbers.push_back(static_cast<unsigned>(std::stoul(text.substr(1, end - 1))));
      text.erase(0, end);
      expected = '.';
    }
    if (numbers.size() > (source.segment ? 3u : 2u) || (source.segment && numbers.empty())) return wrong("'" + whole + "' is no place");
    numbers.resize(3, 0);
    if (!source.segment) {
      rule.to = {0, numbers[0], numbers[1]};
      if (numbers[0] == 0) return source.type;
      const unsigned count = hl7v2::component_count(source.type);
      if (numbers[0] > std::max(1u, count)) return wrong(source.type + " has " + std::to_string(count) + " components");
      const std::string type(hl7v2::component_datatype(source.type, numbers[0]));
      return numbers[1] == 0 ? type : subcomponent(type, numbers[1], wrong);
    }
    rule.to = {numbers[0], numbers[1], numbers[2]};
    if (source.type.starts_with('Z')) return {};
    const auto* facts = hl7v2::field_facts(source.type, numbers[0]);
    if (facts == nullptr) return wrong("HL7 has no field " + source.type + "-" + std::to_string(numbers[0]));
    rule.repeats = facts->repeats || facts->datatype == "varies";
    if (facts->datatype == "varies") return {};
    const std::string type(facts->datatype);
    if (numbers[1] == 0) return type;
    const unsigned count = hl7v2::component_count(type);
    if (numbers[1] > std::max(1u, count)) return wrong(source.type + "-" + std::to_string(numbers[0]) + " is a " + type + " of " + std::to_string(count) + " components");
    const std::string part(hl7v2::component_datatype(type, numbers[1]));
    return numbers[2] == 0 ? part : subcomponent(part, numbers[2], wrong);
  }

  template <class Wrong>
  static std::string subcomponent(const std::string& type, unsigned number, const Wrong& wrong) {
    const unsigned count = hl7v2::component_count(type);
    if (number > std::max(1u, count)) return wrong("a " + type + " has " + std::to_string(count) + " parts");
    return std::string(hl7v2::component_datatype(type, number));
  }

  void compile_as(const config::Node& node, Rule& rule, const std::string& datatype) {
    const fhir::Type* type = nullptr;
    if (rule.from && rule.from->gives_items()) type = rule.from->path.type;
    if (rule.from && rule.from->op == Expression::Op::coalesce && rule.from->args[0].gives_items()) type = rule.from->args[0].path.type;
    const auto as = node["as"];
    if (!as) {
      if (type != nullptr && type->kind != fhir::Type::Kind::primitive) {
        problem(node["from"].fail("a " + std::string(type->name) + " is no text", "name a part of it, or the map for it by `as:`"));
      }
      return;
    }
    const auto found = program_->maps.find(as.text_or(""));
    if (found == program_->maps.end() || found->second->segment) {
      std::set<std::string> names;
      for (const auto& [name, map] : program_->maps) {
        if (!map->segment) names.insert(name);
      }
      problem(as.fail("no datatype map '" + as.text_or("") + "'", nearest(as.text_or(""), names)));
      return;
    }
    rule.as = found->second.get();
    if (type != nullptr && rule.as->source != nullptr && type != rule.as->source) {
      problem(as.fail(rule.as->name + " is for a " + std::string(rule.as->source->name) + ", not for a " + std::string(type->name)));
    }
    if (!datatype.empty() && family(datatype) != family(rule.as->type) && !(rule.as->type == "IS" && datatype == "ST")) {
      problem(as.fail(rule.as->name + " makes a " + rule.as->type + ", where a " + datatype + " stands"));
    }
  }

  void check_circle(const MapSource& source, const Map& map) {
    std::vector<const Map*> open{&map};
    std::set<const Map*> seen;
    while (!open.empty()) {
      const Map* next = open.back();
      open.pop_back();
      for (const auto& rule : next->rules) {
        if (rule.as == &map) return problem(source.node.fail(map.name + " uses itself"));
        if (rule.as != nullptr && seen.insert(rule.as).second) open.push_back(rule.as);
      }
    }
  }

  const Sources& sources_;
  std::vector<Issue>& issues_;
  std::set<std::string> options_, tables_;
  Program* program_ = nullptr;
};

}  // namespace

std::unique_ptr<Program> compile_program(const Sources& sources, const config::Node& profile, std::vector<Issue>& issues) {
  return Compiler(sources, issues).compile(profile);
}

}  // namespace yilian::mapping::outbound
