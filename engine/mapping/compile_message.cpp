// A message map: the groups of its structure, the resources it declares, and its rows.

#include <algorithm>

#include "engine/mapping/compiler.h"
#include "engine/mapping/group_path.h"

namespace yilian::mapping {

using config::Node;

namespace {

constexpr int kMostGroupDepth = 20;

}  // namespace

void Compiler::add_paths(const hl7v2::Particle& particle, std::uint32_t parent, MessageProgram& out) {
  const auto self = static_cast<std::uint32_t>(out.paths.size());
  const bool root = self == 0;
  out.paths.push_back({root ? std::string_view() : particle.name,
                       root ? 0 : parent,
                       root ? 0 : out.paths[parent].depth + 1,
                       {},
                       &particle});
  if (!root) out.paths[parent].children.push_back(self);
  if (out.paths[self].depth > kMostGroupDepth) return;
  for (const hl7v2::Particle& child : particle.children) {
    if (child.group) add_paths(child, self, out);
  }
}

bool Compiler::compile_per(const Node& node, MessageProgram& out, Declared& declared) {
  const std::string per = node.text_or("");
  if (per == "message") return true;
  std::vector<std::uint32_t> found;
  const auto parts = split_path(per);
  for (std::uint32_t i = 1; i < out.paths.size(); ++i) {
    if (on_the_way(out, i, parts, true)) found.push_back(i);
  }
  if (found.size() == 1) {
    declared.per = Declared::Per::group;
    declared.path = found.front();
    return true;
  }
  if (found.size() > 1) {
    std::string places;
    for (const std::uint32_t path : found) places += (places.empty() ? "" : ", ") + path_text(out, path);
    fail(node, "the structure has several groups " + per, "name one of " + places);
    return false;
  }
  if (per.size() == 3 && known_segment(per)) {
    declared.per = Declared::Per::segment;
    declared.segment = program_->segments.add(per);
    declared.path = kNone;  // known when the rows are
    return true;
  }
  std::vector<std::string_view> known{"message"};
  for (std::uint32_t i = 1; i < out.paths.size(); ++i) known.push_back(out.paths[i].name);
  std::string all;
  for (const auto name : known) all += (all.empty() ? "" : ", ") + std::string(name);
  const std::string near = did_you_mean(per, known);
  fail(node, "the structure has no group '" + per + "', and it is no segment", near.empty() ? "it has " + all : near);
  return false;
}

void Compiler::compile_resources(const MessageSource& source, MessageProgram& out) {
  for (const auto& [name, node] : source.node["resources"].members()) {
    if (auto ok = node.only({"per", "when", "key", "same", "defaults", "placeholder", "only-if", "refuse", "comment"}); !ok)
      issues_.push_back(std::move(ok).error());
    Declared declared;
    declared.name = name;
    const std::string type = name.substr(0, name.find('['));
    declared.type = fhir::is_resource_type(type) ? fhir::type(type) : nullptr;
    if (declared.type == nullptr) {
      std::vector<std::string_view> known;
      for (const fhir::Type* each : fhir::resource_types()) known.push_back(each->name);
      fail(node, "FHIR R4 has no resource " + type, did_you_mean(type, known));
      continue;
    }
    if (!compile_per(node["per"], out, declared)) continue;
    declared.root.kind = Step::Kind::root;
    declared.root.type = declared.type;
    declared.root.required = required(declared.type);
    Place place;
    place.label_space = source.name + ":" + name;
    place.target = declared.type;
    if (const Node when = node["when"]) declared.when = compile_condition(when, place);
    if (Key key = compile_key(node["key"], place); !key.alternatives.empty()) declared.keys.push_back(std::move(key));
    declared.defaults = compile_defaults(node["defaults"], place, source.name + ":" + name);
    if (const Node same = node["same"]) {
      declared.numbered = same.text_or("") == "number";
      if (!declared.numbered && same.text_or("") != "merge") fail(same, "'" + same.text_or("") + "' is not known here", "merge: one resource; number: one each");
    }
    if (const Node placeholder = node["placeholder"]) declared.placeholder = placeholder.need_boolean().value_or(false);
    compile_made_conditions(source.of_resource(name, node, "only-if"), source.of_resource(name, node, "refuse"),
                            source.name + ":" + name, declared);
    out.asks_made = out.asks_made || !declared.made.empty();
    const auto lists = [&](const std::vector<std::string>& types) {
      return std::find(types.begin(), types.end(), type) != types.end();
    };
    declared.owned = lists(out.owns);
    declared.mentioned = lists(out.mentions);
    out.declared.push_back(std::move(declared));
  }
}

// `text` is the name of a declared resource, then perhaps a dot and a path, which goes to `rest`.
std::uint32_t Compiler::find_declared(const std::string& text, const MessageProgram& out, std::string& rest,
                                      const Node& node) {
  const std::size_t bracket = text.find(']');
  const std::size_t dot = text.find('.');
  const std::size_t end = bracket != std::string::npos && (dot == std::string::npos || text.find('[') < dot)
                              ? bracket + 1
                              : std::min(dot, text.size());
  const std::string name = text.substr(0, end);
  rest = end < text.size() ? text.substr(end + 1) : std::string();
  for (std::uint32_t i = 0; i < out.declared.size(); ++i) {
    if (out.declared[i].name == name) return i;
  }
  std::vector<std::string_view> known;
  for (const Declared& each : out.declared) known.push_back(each.name);
  const std::string near = did_you_mean(name, known);
  fail(node, "no resource '" + name + "' is declared", near.empty() ? "add it under `resources`" : near);
  return kNone;
}

// What is known only when the rows are: keys and defaults of the maps that fill a resource, and where the segments of
// `per: SEG` stand.
void Compiler::finish_declared(MessageProgram& out) {
  for (std::uint32_t i = 0; i < out.declared.size(); ++i) {
    Declared& declared = out.declared[i];
    std::set<std::uint32_t> seen;
    std::uint32_t around = kNone;
    for (const Row& row : out.rows) {
      if (row.declared != i) continue;
      if (row.segment == declared.segment && row.path != kNone) {
        std::uint32_t path = row.path;
        // The innermost group around all places.
        while (around != kNone && path != around) {
          std::uint32_t& deeper = out.paths[path].depth >= out.paths[around].depth ? path : around;
          deeper = out.paths[deeper].parent;
        }
        around = path;
      }
      if (row.block == kNone || row.steps > 0 || !seen.insert(row.block).second) continue;
      const Block& block = program_->blocks[row.block];
      if (!block.key.alternatives.empty()) declared.keys.push_back(block.key);
      std::vector<Default> more;
      for (const Default& each : block.defaults) {
        if (std::none_of(declared.defaults.begin(), declared.defaults.end(),
                         [&](const Default& d) { return d.order == each.order; }))
          more.push_back(each);
      }
      declared.defaults.insert(declared.defaults.end(), more.begin(), more.end());
    }
    if (declared.per == Declared::Per::segment) declared.path = around == kNone ? 0 : around;
  }
}

void Compiler::finish_rows(MessageProgram& out) {
  std::map<std::uint16_t, std::vector<std::vector<std::uint32_t>>> conditions;
  for (Row& row : out.rows) {
    SegmentRows& rows = out.by_segment[row.segment];
    row.ordinal = static_cast<std::uint32_t>(rows.whens.size());
    rows.whens.push_back(row.when);
    conditions[row.segment].push_back({row.when});
  }
  for (auto& [segment, rows] : out.by_segment) {
    rows.number = program_->row_sets++;
    rows.deciders = find_deciders(segment, conditions[segment]);
  }
}

void Compiler::finish_message(const MessageSource& source, MessageProgram& out) {
  finish_declared(out);
  finish_rows(out);
  for (const Node& item : source.node["needs"].items()) {
    std::string ignored;
    const std::uint32_t needed = find_declared(item.text_or(""), out, ignored, item);
    if (needed == kNone) continue;
    out.declared[needed].needed = true;
    for (const Row& row : out.rows) {
      if (row.declared == needed && out.declared[needed].segment == 0) out.declared[needed].segment = row.segment;
    }
  }
}

void Compiler::register_message(const MessageSource& source, std::uint32_t index) {
  MessageProgram& out = program_->messages[index];
  for (const Node& item : source.node["types"].items()) {
    const std::string type = item.text_or("");
    const auto caret = type.find('^');
    if (caret == std::string::npos || caret == 0 || caret + 1 == type.size()) {
      fail(item, "'" + type + "' is no message type", "write it like ADT^A01");
      continue;
    }
    out.types.push_back(type);
    const auto [known, fresh] = program_->by_type.emplace(type, index);
    if (!fresh)
      fail(item, type + " is served by " + program_->messages[known->second].name + " already",
           "take it out of one of them");
    program_->known_types.push_back(type.substr(0, caret));
  }
  program_->known_types.push_back(source.structure.substr(0, source.structure.find('_')));
  const bool named = source.name == source.structure;
  if (named || program_->by_structure.count(source.structure) == 0) program_->by_structure[source.structure] = index;
}

void Compiler::compile_message(const MessageSource& source) {
  const auto index = static_cast<std::uint32_t>(program_->messages.size());
  MessageProgram& out = program_->messages.emplace_back();
  out.name = source.name;
  out.structure = hl7v2::structure(source.structure);
  if (out.structure == nullptr) {
    return fail(source.node["message"] ? source.node["message"] : source.node,
                "HL7 v2 has no message structure " + source.structure, "write `message:` with one, like ORU_R01");
  }
  add_paths(*out.structure, 0, out);
  for (const char* key : {"owns", "mentions"}) {
    for (const Node& item : source.node[key].items()) {
      if (!fhir::is_resource_type(item.text_or(""))) fail(item, "FHIR R4 has no resource " + item.text_or(""));
      (key[0] == 'o' ? out.owns : out.mentions).push_back(item.text_or(""));
    }
  }
  for (const Node& item : source.node["event-time"].items()) {
    PathName path;
    const std::string text = item.text_or("");
    if (!parse_path(text, path) || !path.segment || path.field == 0) {
      fail(item, "'" + text + "' is no field", "write it like MSH-7");
      continue;
    }
    if (const std::uint32_t selector = compile_selector(path, text, item, Place{}); selector != kNone)
      out.event_time.push_back(selector);
  }
  compile_resources(source, out);
  for (const RuleSource& row : source.rows) compile_row(row, source, out);
  finish_message(source, out);
  register_message(source, index);
}

}  // namespace yilian::mapping
