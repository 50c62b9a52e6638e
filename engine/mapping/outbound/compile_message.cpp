#include "engine/mapping/outbound/compile_message.h"

#include <algorithm>

#include "engine/hl7v2/grammar.h"

namespace yilian::mapping::outbound {
namespace {

using Variables = std::map<std::string, const fhir::Type*>;

// A structure laid flat: each particle with where it begins and ends.
struct Place {
  std::string_view name;
  bool group;
  std::size_t end;  // of what stands in it
};

void flatten(const std::vector<hl7v2::Particle>& particles, std::vector<Place>& out) {
  for (const auto& each : particles) {
    const std::size_t at = out.size();
    out.push_back({each.name, each.group, 0});
    flatten(each.children, out);
    out[at].end = out.size();
  }
}

class MessageCompiler {
 public:
  MessageCompiler(const Known& known, std::vector<Issue>& issues) : known_(known), issues_(issues) {}

  MessageMap compile(const std::string& name, const config::Node& node) {
    MessageMap map;
    map.name = name;
    add(node.only({"message", "title", "rank", "alone", "focus", "by", "events", "needs", "rows", "like"}));
    map.structure = node["message"].text_or("");
    const auto* structure = hl7v2::structure(map.structure);
    if (structure == nullptr) {
      problem(node.fail("HL7 has no message structure '" + map.structure + "'", "like ORU_R01"));
      return map;
    }
    flatten(structure->children, places_);
    map.rank = std::atoi(node["rank"].text_or("0").c_str());
    map.alone = node["alone"].text_or("false") == "true";
    map.focus = fhir::is_resource_type(node["focus"].text_or("")) ? fhir::type(node["focus"].text_or("")) : nullptr;
    if (map.focus == nullptr) problem(node.fail("`focus:` must name the resource type that a message is about"));
    Variables variables{{"focus", map.focus}};
    const Scope scope = scoped(map.focus, variables);
    map.by = path(node["by"], scope);
    for (const auto& each : node["events"].items()) {
      add(each.only({"type", "when", "asked"}));
      map.events.push_back({each["type"].text_or(""), condition(each["when"], scope), each["asked"].text_or("false") == "true"});
      const auto caret = map.events.back().type.find('^');
      if (caret == std::string::npos) problem(each.fail("an event is TYPE^EVENT, like ORU^R01"));
    }
    if (map.events.empty()) problem(node.fail("a message needs `events:`"));
    for (const auto& each : node["needs"].items()) {
      const std::string text = each.text_or("");
      const auto dash = text.find('-');
      const unsigned field = dash == std::string::npos ? 0 : static_cast<unsigned>(std::atoi(text.c_str() + dash + 1));
      if (field == 0 || hl7v2::field_facts(text.substr(0, dash), field) == nullptr) problem(each.fail("HL7 has no field '" + text + "'"));
      map.needs.emplace_back(text.substr(0, dash), field);
    }
    // `like`: the rows of another file.
    config::Node from = node;
    if (const auto like = node["like"]; like) {
      const auto found = known_.sources.messages.find(like.text_or(""));
      if (found == known_.sources.messages.end()) {
        problem(like.fail("no message file '" + like.text_or("") + "'"));
        return map;
      }
      from = found->second;
    }
    std::size_t at = 0;
    map.rows = rows(from["rows"], map.focus, variables, at, places_.size(), places_.size());
    if (map.rows.empty()) problem(node.fail("a message needs `rows:`"));
    return map;
  }

 private:
  void problem(const Failure& failure) { issues_.push_back(failure.value()); }
  void add(const Result<void>& result) {
    if (!result) issues_.push_back(result.error());
  }
  Scope scoped(const fhir::Type* type, const Variables& variables) const { return {type, &variables, &known_.options, &known_.tables}; }

  std::optional<Path> path(const config::Node& node, const Scope& scope) {
    if (!node) return std::nullopt;
    auto made = parse_path(node.text_or(""), scope);
    if (made) return std::move(*made);
    problem(node.fail(made.error().what, made.error().cure));
    return std::nullopt;
  }
  std::optional<Expression> condition(const config::Node& node, const Scope& scope) {
    if (!node) return std::nullopt;
    auto made = parse_condition(node.text_or(""), scope);
    if (made) return std::move(*made);
    problem(node.fail(made.error().what, made.error().cure));
    return std::nullopt;
  }

  // Rows within places_[at, end): in the order of the structure. `inside` is the group that they stand in: one of its name
  // among them is its next occurrence.
  std::vector<Row> rows(const config::Node& node, const fhir::Type* type, const Variables& outer, std::size_t at, std::size_t end, std::size_t inside) {
    std::vector<Row> out;
    for (const auto& each : node.items()) {
      if (auto known = each.only({"segment", "group", "of", "each", "when", "with", "map", "also", "rows", "always"}); !known) {
        issues_.push_back(known.error());
        continue;
      }
      const bool group = static_cast<bool>(each["group"]);
      const std::string name = each[group ? "group" : "segment"].text_or("");
      std::size_t place = at;
      while (place < end && !(places_[place].name == name && places_[place].group == group)) ++place;
      if (place == end && group && inside < places_.size() && places_[inside].name == name) {
        out.push_back(row(each, group, name, type, outer, inside));
        out.back().again = true;
        continue;
      }
      if (place == end && !name.starts_with('Z')) {
        problem(each.fail("there is no place for " + name + " here", "rows stand in the order of the structure"));
        continue;
      }
      if (place < end) at = place;
      out.push_back(row(each, group, name, type, outer, place));
    }
    return out;
  }

  Row row(const config::Node& node, bool group, const std::string& name, const fhir::Type* type, const Variables& outer, std::size_t place) {
    Row row;
    if (!group) row.segment = name;
    row.each = static_cast<bool>(node["each"]);
    row.always = node["always"].text_or("false") == "true";
    row.over = path(row.each ? node["each"] : node["of"], scoped(type, outer));
    if (row.over) type = row.over->type;
    Variables variables = outer;
    for (const auto& [variable, value] : node["with"].members()) {
      auto made = path(value, scoped(type, variables));
      if (!made) continue;
      variables[variable] = made->type;
      row.with.emplace_back(variable, std::move(*made));
    }
    row.when = condition(node["when"], scoped(type, variables));
    if (group) {
      row.rows = rows(node["rows"], type, variables, place + 1, places_[place].end, place);
      return row;
    }
    const auto* first = hl7v2::field_facts(name, 1);
    row.number = first != nullptr && first->datatype == "SI";
    fill(node["map"], {}, type, row);
    for (const auto& each : node["also"].items()) {
      add(each.only({"of", "map"}));
      auto of = path(each["of"], scoped(type, variables));
      const fhir::Type* inner = of ? of->type : type;
      fill(each["map"], std::move(of), inner, row);
    }
    if (row.fills.empty()) problem(node.fail("a segment needs `map:`"));
    return row;
  }

  void fill(const config::Node& node, std::optional<Path> of, const fhir::Type* type, Row& row) {
    if (!node) return;
    const auto found = known_.maps.find(node.text_or(""));
    if (found == known_.maps.end() || !found->second->segment) {
      std::vector<std::string_view> names;
      for (const auto& [name, map] : known_.maps) {
        if (map->segment) names.push_back(name);
      }
      return problem(node.fail("no segment map '" + node.text_or("") + "'", "did you mean " + config::nearest(node.text_or(""), names) + "?"));
    }
    const Map* map = found->second.get();
    if (map->type != row.segment) problem(node.fail(map->name + " fills " + map->type + ", not " + row.segment));
    if (map->source != type && map->source != nullptr && type != nullptr) {
      problem(node.fail(map->name + " is for a " + std::string(map->source->name) + ", not for a " + std::string(type->name)));
    }
    row.fills.push_back({std::move(of), map});
  }

  const Known& known_;
  std::vector<Issue>& issues_;
  std::vector<Place> places_;
};

}  // namespace

MessageMap compile_message(const std::string& name, const config::Node& node, const Known& known, std::vector<Issue>& issues) {
  return MessageCompiler(known, issues).compile(name, node);
}

}  // namespace yilian::mapping::outbound
