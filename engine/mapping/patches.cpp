// A hospital's own file over the shared mapping files.

#include <algorithm>
#include <filesystem>

#include <xxhash.h>

#include "engine/mapping/sources.h"

namespace yilian::mapping {
namespace {

using config::Node;

// The node's meaning as one text, whatever its layout: what the fingerprint is taken of.
void flatten(const Node& node, std::string& out) {
  if (node.is_map()) {
    out += '{';
    for (const auto& [key, value] : node.members()) {
      out += key;
      out += '\x1f';
      flatten(value, out);
    }
    out += '}';
  } else if (node.is_list()) {
    out += '[';
    for (const Node& item : node.items()) flatten(item, out);
    out += ']';
  } else {
    out += node.text_or("");
    out += '\x1e';
  }
}

std::vector<std::string_view> ids_of(const std::vector<RuleSource>& rules) {
  std::vector<std::string_view> ids;
  for (const RuleSource& rule : rules) ids.push_back(rule.id);
  return ids;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string_view>& known) {
  const std::string near = config::nearest(word, known);
  return near.empty() ? std::string() : "did you mean " + near + "?";
}

// What is to hold of a resource that the message declares.
void patch_resource(const Node& node, MessageSource& message, std::vector<Issue>& issues) {
  if (auto ok = node.only({"resource", "only-if", "refuse", "comment"}); !ok) issues.push_back(std::move(ok).error());
  const std::string name = node["resource"].text_or("");
  if (!message.node["resources"][name]) {
    std::vector<std::string> declared;
    for (const auto& entry : message.node["resources"].members()) declared.push_back(entry.first);
    const std::vector<std::string_view> known(declared.begin(), declared.end());
    issues.push_back(node["resource"].fail(message.name + " declares no resource " + name, did_you_mean(name, known)).value());
    return;
  }
  for (const char* part : {"only-if", "refuse"}) {
    if (const Node given = node[part]) message.resources[name][part] = given;
  }
}

// `message`: whose rows they are; none of another map.
void patch_rules(const std::string& map, std::vector<RuleSource>& rules, MessageSource* message, const Node& patches,
                 std::vector<Issue>& issues) {
  const bool row = message != nullptr;
  const auto find = [&](const std::string& id) {
    return std::find_if(rules.begin(), rules.end(), [&](const RuleSource& rule) { return rule.id == id; });
  };
  int added = 0;
  for (const Node& node : patches.items()) {
    if (row && node["resource"]) {
      patch_resource(node, *message, issues);
      continue;
    }
    RuleSource patch = read_rule(node, row, true, issues);
    if (!node.is_map()) continue;
    const std::string after = patch.part("after").text_or("");
    const bool remove = patch.part("remove").text_or("") == "true";
    patch.parts.erase("after");
    patch.parts.erase("remove");
    const auto old = patch.id.empty() ? rules.end() : find(patch.id);
    if (old != rules.end()) {
      if (remove) {
        rules.erase(old);
        continue;
      }
      for (auto& [key, value] : patch.parts) old->parts.set(key, value);
      old->node = node;
      continue;
    }
    if (remove || (!patch.part(row ? "from" : "to") && !(patch.part("refuse") && !row))) {
      issues.push_back(node.fail("no rule is named " + patch.id, did_you_mean(patch.id, ids_of(rules))).value());
      continue;
    }
    if (patch.id.empty()) patch.id = map + "#p" + std::to_string(++added);
    auto place = rules.end();
    if (!after.empty()) {
      place = find(after);
      if (place == rules.end()) {
        issues.push_back(node.fail("no rule is named " + after, did_you_mean(after, ids_of(rules))).value());
        continue;
      }
      ++place;
    }
    rules.insert(place, std::move(patch));
  }
}

void read_tables(const Node& tables, Sources& out, std::vector<Issue>& issues) {
  for (const auto& [name, node] : tables.members()) {
    TableSource own = read_table(name, node, issues);
    auto& table = out.tables.emplace(name, TableSource{name, own.to, own.replace, {}, {}, node}).first->second;
    for (auto& [code, entry] : own.entries) {
      if (entry.system.empty() && own.to != table.to) entry.system = own.to;
      table.own[code] = entry;
    }
  }
}

void read_z_segments(const Node& segments, Sources& out, std::vector<Issue>& issues) {
  for (const auto& [id, fields] : segments.members()) {
    auto& declared = out.z_segments[id];
    for (const auto& [number, field] : fields.members()) {
      if (auto ok = field.only({"name", "type"}); !ok) issues.push_back(std::move(ok).error());
      if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string::npos) {
        issues.push_back(field.fail("'" + number + "' is no field number").value());
        continue;
      }
      declared[static_cast<unsigned>(std::stoul(number))] = field["type"].text_or("ST");
    }
  }
}

// `script:` names a file, seen from the hospital's own; a text of several lines is the script itself.
std::shared_ptr<const script::Script> read_script(const Node& node, std::string& bytes, std::vector<Issue>& issues) {
  auto named = node.need_text();
  if (!named) {
    issues.push_back(std::move(named).error());
    return nullptr;
  }
  const bool inside = named->find('\n') != std::string::npos;
  std::string place = node.file();
  if (inside) {
    bytes = *named;
  } else {
    place = (std::filesystem::path(place).parent_path() / *named).string();
    auto text = config::read_bytes(place);
    if (!text) {
      issues.push_back(node.fail("the script " + place + " " + text.error().what, text.error().cure).value());
      return nullptr;
    }
    bytes = std::move(*text);
  }
  // A text in a YAML file begins in the line behind its `|`.
  auto script = script::Script::read(bytes, place, inside ? node.line() + 1 : 1);
  if (script) return std::move(*script);
  issues.push_back(std::move(script).error());
  return nullptr;
}

}  // namespace

Sources with_hospital(const Sources& shared, const Node& hospital, std::vector<Issue>& issues) {
  Sources out = shared;
  if (!hospital) return out;
  if (auto ok = hospital.only({"tables", "systems", "patches", "segments", "script", "comment"}); !ok)
    issues.push_back(std::move(ok).error());
  read_tables(hospital["tables"], out, issues);
  for (const auto& [name, uri] : hospital["systems"].members()) {
    const std::string text = uri.text_or("");
    if (text.find(':') == std::string::npos) {
      issues.push_back(uri.fail("'" + text + "' is no URI", "write urn:oid:1.2.3 or https://…").value());
      continue;
    }
    out.systems[name] = text;
  }
  read_z_segments(hospital["segments"], out, issues);
  std::string script;
  if (const Node node = hospital["script"]) out.script = read_script(node, script, issues);
  for (const auto& [name, patches] : hospital["patches"].members()) {
    if (const auto map = out.maps.find(name); map != out.maps.end()) {
      patch_rules(name, map->second.rules, nullptr, patches, issues);
    } else if (const auto message = out.messages.find(name); message != out.messages.end()) {
      patch_rules(name, message->second.rows, &message->second, patches, issues);
    } else {
      std::vector<std::string_view> known;
      for (const auto& entry : out.maps) known.push_back(entry.first);
      for (const auto& entry : out.messages) known.push_back(entry.first);
      issues.push_back(patches.fail("no map is named " + name, did_you_mean(name, known)).value());
    }
  }
  std::string text;
  flatten(hospital, text);
  text += script;
  out.fingerprint = XXH64(text.data(), text.size(), shared.fingerprint);
  return out;
}

}  // namespace yilian::mapping
