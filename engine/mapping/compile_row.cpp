// One row of a message map: where its segment stands, what it fills, links and sets.

#include <algorithm>

#include "engine/mapping/compiler.h"
#include "engine/mapping/group_path.h"

namespace yilian::mapping {

using config::Node;

bool Compiler::compile_row_place(const Node& from, MessageProgram& out, Row& row) {
  std::vector<std::string> groups = split_path(from.text_or(""));
  const std::string id = groups.back();
  groups.pop_back();
  if (id.size() != 3 || !known_segment(id)) {
    fail(from, "HL7 v2 has no segment '" + id + "'",
         "`from` is a path of groups that ends in a segment, like OBSERVATION.OBX");
    return false;
  }
  row.segment = program_->segments.add(id);
  std::vector<std::uint32_t> found, below, named;
  std::string places;
  for (std::uint32_t i = 0; i < out.paths.size(); ++i) {
    const bool ends = groups.empty() || on_the_way(out, i, groups, true);
    if (ends && !groups.empty()) named.push_back(i);
    if (!holds_segment(*out.paths[i].particle, id)) continue;
    const std::string shown = path_text(out, i);
    places += (places.empty() ? "" : ", ") + shown + (shown.empty() ? "" : ".") + id;
    if (ends) {
      found.push_back(i);
    } else if (on_the_way(out, i, groups, false)) {
      below.push_back(i);
    }
  }
  if (found.empty()) found = std::move(below);
  // The top has no name: who names no group means it, where the segment stands there.
  if (groups.empty() && found.size() > 1 && found.front() == 0) found.resize(1);
  // Two groups of one name: the whole path from the top means the outer one.
  if (found.size() > 1) {
    const std::string text = from.text_or(""), whole = text.substr(0, text.size() > id.size() ? text.size() - id.size() - 1 : 0);
    const auto outer = std::find_if(found.begin(), found.end(), [&](std::uint32_t path) { return path_text(out, path) == whole; });
    if (outer != found.end()) found = {*outer};
  }
  if (found.size() > 1) {
    fail(from, id + " stands at several places of the structure", "name one of " + places);
    return false;
  }
  if (found.size() == 1) {
    row.path = found.front();
  } else if (groups.empty()) {
    row.path = kNone;  // the structure does not know it: wherever it stands
  } else if (named.size() == 1 && !places.empty()) {
    fail(from, "the structure has no " + id + " in " + groups.back(), "it has " + places);
    return false;
  } else if (named.size() == 1) {
    row.path = kNone;
  } else {
    std::vector<std::string_view> known;
    for (std::uint32_t i = 1; i < out.paths.size(); ++i) known.push_back(out.paths[i].name);
    const std::string near = did_you_mean(groups.back(), known);
    fail(from, "the structure has no place '" + from.text_or("") + "'",
         near.empty() && !places.empty() ? "it has " + places : near);
    return false;
  }
  if (row.path != kNone) {
    auto& allowed = out.places[row.segment];
    if (std::find(allowed.begin(), allowed.end(), row.path) == allowed.end()) allowed.push_back(row.path);
  }
  return true;
}

bool Compiler::compile_row_target(const RuleSource& source, const MessageSource& message, const MessageProgram& out,
                                  Row& row) {
  const Node to = source.part("to"), map = source.part("map");
  if (!to) {
    if (map || source.part("clear")) {
      fail(source.node, "the row has no `to`", "name the resource that it fills");
      return false;
    }
    return true;
  }
  std::string rest;
  row.declared = find_declared(to.text_or(""), out, rest, to);
  if (row.declared == kNone) return false;
  const fhir::Type* type = out.declared[row.declared].type;
  Place place;
  place.label_space =
      message.name + ":" + out.declared[row.declared].name;  // its `to`, `link` and `set` share their labels
  place.target = type;
  place.unique = source.id;
  if (!rest.empty()) {
    const Path path = compile_path(rest, place, to);
    if (!path.ok) return false;
    row.first_step = path.first;
    row.steps = path.steps;
    type = path.type;
  }
  for (const Node& item : source.part("clear").items()) {
    const Path path = compile_path(item.text_or(""), place, item);
    if (path.ok) row.clears.push_back(item.text_or(""));
  }
  if (!map) return true;
  row.block = find_block(map);
  if (row.block == kNone) return false;
  const Block& block = program_->blocks[row.block];
  const MapSource& map_source = sources_.maps.at(block.name);
  if (!map_source.segment) {
    fail(map, block.name + " is a datatype map; a row takes a segment map");
    return false;
  }
  if (map_source.type != program_->segments.name(row.segment)) {
    fail(map,
         block.name + " is for " + map_source.type + ", but the row is from " + program_->segments.name(row.segment));
    return false;
  }
  if (block.target != nullptr && block.target != type) {
    fail(map, block.name + " makes a " + std::string(block.target->name) + ", but the target is a " +
                  std::string(type->name));
    return false;
  }
  row.identifies = row.steps == 0 && !block.key.alternatives.empty();
  row.single = row.path != kNone;
  for (std::uint32_t path = row.path; row.single && path != 0; path = out.paths[path].parent)
    row.single = !out.paths[path].particle->repeats;
  return true;
}

void Compiler::compile_links(const RuleSource& source, const MessageSource& message, const MessageProgram& out,
                             Row& row) {
  for (const auto& [text, value] : source.part("link").members()) {
    std::string path_text, ignored;
    const std::uint32_t from = find_declared(text, out, path_text, value);
    if (from == kNone) continue;
    for (const Node& item : value.items()) {
      const std::uint32_t to = find_declared(item.text_or(""), out, ignored, item);
      if (to == kNone) continue;
      Place place;
      place.label_space = message.name + ":" + out.declared[from].name;
      place.target = out.declared[from].type;
      const Path path = compile_path(path_text, place, value);
      if (!path.ok) continue;
      const fhir::Element* element = last_element(path);
      if (path.type->name != "Reference" || element == nullptr) {
        fail(value, text + " is no reference", "a link sets a reference element");
        continue;
      }
      const auto type = out.declared[to].type->name;
      const bool allowed =
          element->targets.empty() || std::any_of(element->targets.begin(), element->targets.end(),
                                                  [&](auto t) { return t == type || t == "Resource"; });
      if (!allowed) {
        fail(item, text + " cannot refer to a " + std::string(type));
        continue;
      }
      row.links.push_back({from, to, path.first, path.steps});
    }
  }
}

void Compiler::compile_sets(const RuleSource& source, const MessageSource& message, const MessageProgram& out,
                            Row& row) {
  for (const auto& [text, value] : source.part("set").members()) {
    std::string path;
    const std::uint32_t declared = find_declared(text, out, path, value);
    if (declared == kNone) continue;
    RuleSource set;
    if (value.is_map()) {
      set = read_rule(value, false, false, issues_);
    } else {
      set.parts.set("value", value);
    }
    set.node = value;
    set.id = source.id + ":set";
    Place place;
    place.label_space = message.name + ":" + out.declared[declared].name;
    place.target = out.declared[declared].type;
    place.unique = source.id + text;
    Rule rule;
    if (compile_rule(set, place, rule, &path)) row.sets.emplace_back(declared, rule);
  }
}

void Compiler::compile_row(const RuleSource& source, const MessageSource& message, MessageProgram& out) {
  if (!source.node.is_map()) return;
  if (!source.part("from"))
    return fail(source.node, "the row has no `from`", "name the segment that it reads, like PATIENT.PID");
  Row row;
  const bool placed = compile_row_place(source.part("from"), out, row);
  row.info = static_cast<std::uint32_t>(program_->infos.size());
  program_->infos.push_back({source.id, source.node.place()});
  if (const Node when = source.part("when")) row.when = compile_condition(when, Place{});
  if (source.part("refuse")) row.refuse = compile_refusal(source, true);
  const bool targeted = placed && compile_row_target(source, message, out, row);
  compile_links(source, message, out, row);
  compile_sets(source, message, out, row);
  if (targeted) out.rows.push_back(std::move(row));
}

}  // namespace yilian::mapping
