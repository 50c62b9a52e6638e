// Mapping files to their sources.

#include <algorithm>
#include <filesystem>
#include <set>

#include <xxhash.h>

#include "engine/mapping/sources.h"

namespace yilian::mapping {
namespace {

namespace fs = std::filesystem;
using config::Node;

void note(std::vector<Issue>& issues, Failure failure) { issues.push_back(std::move(failure).value()); }

void check_keys(const Node& node, std::initializer_list<std::string_view> known, std::vector<Issue>& issues) {
  if (auto ok = node.only(known); !ok) issues.push_back(std::move(ok).error());
}

// The target that a map's name tells: "CX[Identifier-Extension]" -> "Identifier".
std::string target_of(const std::string& name) {
  const auto open = name.find('['), close = name.rfind(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  std::string inner = name.substr(open + 1, close - open - 1);
  return inner.substr(0, inner.find('-'));
}

void read_map(const std::string& name, const Node& node, bool segment, Sources& out, std::vector<Issue>& issues) {
  const char* kind = segment ? "segment" : "datatype";
  check_keys(node, {kind, "title", "target", "key", "defaults", "rules", "tests", "unused", "comment"}, issues);
  MapSource map{name, segment, node[kind].text_or(""), node["target"].text_or(target_of(name)), node, {}};
  if (map.type.empty()) {
    note(issues, node.fail(std::string("the file says no ") + kind,
                           std::string("add `") + kind + ": " + name.substr(0, name.find('[')) + "`"));
    return;
  }
  if (map.target.empty()) {
    note(issues, node.fail("the map has no target", "add `target:`, or name the file " + map.type + "[Target].yaml"));
    return;
  }
  for (const Node& item : node["rules"].items()) map.rules.push_back(read_rule(item, false, false, issues));
  name_rules(name, map.rules, issues);
  out.maps.emplace(name, std::move(map));
}

void read_message(const std::string& name, const Node& node, Sources& out, std::vector<Issue>& issues) {
  check_keys(
      node,
      {"message", "title", "types", "event-time", "owns", "mentions", "needs", "resources", "rows", "tests", "comment"},
      issues);
  MessageSource message{name, node["message"].text_or(name), node, {}, {}};
  for (const Node& item : node["rows"].items()) message.rows.push_back(read_rule(item, true, false, issues));
  name_rules(name, message.rows, issues);
  out.messages.emplace(name, std::move(message));
}

struct Folder {
  const char* name;
  void (*read)(const std::string& name, const Node& node, Sources& out, std::vector<Issue>& issues);
};
constexpr Folder kFolders[] = {
    {"messages", read_message},
    {"segments",
     [](const std::string& n, const Node& d, Sources& o, std::vector<Issue>& i) { read_map(n, d, true, o, i); }},
    {"datatypes",
     [](const std::string& n, const Node& d, Sources& o, std::vector<Issue>& i) { read_map(n, d, false, o, i); }},
    {"tables", [](const std::string& n, const Node& d, Sources& o,
                  std::vector<Issue>& i) { o.tables.emplace(n, read_table(n, d, i)); }},
};

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".yaml" || it->path().extension() == ".yml") files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

RuleSource read_rule(const Node& node, bool row, bool patch, std::vector<Issue>& issues) {
  RuleSource rule;
  rule.node = node;
  if (!node.is_map()) {
    note(issues, node.fail("a rule is a map", "write {from: …, to: …}"));
    return rule;
  }
  if (row && patch) {
    check_keys(node, {"ig", "id", "from", "to", "map", "when", "link", "set", "clear", "refuse", "comment", "remove", "after"},
               issues);
  } else if (row) {
    check_keys(node, {"ig", "id", "from", "to", "map", "when", "link", "set", "clear", "refuse", "comment"}, issues);
  } else if (patch) {
    check_keys(node,
               {"ig", "id", "from", "to", "as", "value", "table", "via", "when", "else", "join", "only", "fallback", "refuse",
                "comment", "remove", "after"},
               issues);
  } else {
    check_keys(node,
               {"ig", "id", "from", "to", "as", "value", "table", "via", "when", "else", "join", "only", "fallback", "refuse",
                "comment"},
               issues);
  }
  auto members = node.members();
  rule.parts.reserve(members.size());
  for (auto& [key, value] : members) {
    if (key == "id") {
      rule.id = value.text_or("");
    } else if (key == "ig") {
      for (const Node& item : value.items()) {
        if (auto number = item.need_integer(1, 100'000)) {
          rule.ig.push_back(static_cast<int>(*number));
        } else {
          issues.push_back(std::move(number).error());
        }
      }
    } else {
      rule.parts.set(std::move(key), std::move(value));
    }
  }
  return rule;
}

// Gives each rule without an `id` of its own its name, so that a patch and an explanation can speak of it.
void name_rules(const std::string& map, std::vector<RuleSource>& rules, std::vector<Issue>& issues) {
  std::map<int, int> seen;
  std::set<std::string> names;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    RuleSource& rule = rules[i];
    if (!rule.ig.empty()) {
      const int times = ++seen[rule.ig.front()];
      if (rule.id.empty())
        rule.id = map + "#" + std::to_string(rule.ig.front()) + (times > 1 ? "." + std::to_string(times) : "");
    } else if (rule.id.empty()) {
      rule.id = map + "#r" + std::to_string(i + 1);
    }
    if (!names.insert(rule.id).second) {
      note(issues, rule.node.fail("two rules are named " + rule.id, "give one of them another `id`"));
    }
  }
}

TableSource read_table(const std::string& name, const Node& node, std::vector<Issue>& issues) {
  check_keys(node, {"table", "title", "from", "to", "map", "replace", "unused", "comment"}, issues);
  TableSource table;
  table.name = name;
  table.node = node;
  table.to = node["to"].text_or("");
  if (const Node replace = node["replace"]) {
    if (auto value = replace.need_boolean()) {
      table.replace = *value;
    } else {
      issues.push_back(std::move(value).error());
    }
  }
  if (!node["map"].is_map()) {
    note(issues, node.fail("table " + name + " has no `map`", "add `map: {A: b}`"));
    return table;
  }
  for (auto& [code, entry] : node["map"].members()) {
    TableEntry made;
    if (entry.is_map()) {
      check_keys(entry, {"code", "display", "system"}, issues);
      made = {entry["code"].text_or(""), entry["display"].text_or(""), entry["system"].text_or("")};
    } else {
      made.code = entry.text_or("");
    }
    if (made.code.empty()) {
      note(issues, entry.fail("'" + code + "' is mapped to nothing", "give a code, or leave the entry out"));
      continue;
    }
    table.entries.emplace(code, made);
  }
  return table;
}

Sources read_sources(const std::string& folder, std::vector<Issue>& issues) {
  Sources out;
  XXH64_state_t* hash = XXH64_createState();
  XXH64_reset(hash, 0);
  std::size_t files = 0;
  for (const Folder& part : kFolders) {
    for (const fs::path& path : yaml_files(fs::path(folder) / part.name)) {
      ++files;
      const std::string shown = std::string(part.name) + "/" + path.filename().string();
      auto text = config::read_bytes(path.string());
      if (!text) {
        issues.push_back(std::move(text).error());
        issues.back().where = shown;
        continue;
      }
      XXH64_update(hash, shown.data(), shown.size() + 1);
      XXH64_update(hash, text->data(), text->size());
      auto node = config::read_text(*text, shown);
      if (!node) {
        issues.push_back(std::move(node).error());
        continue;
      }
      part.read(path.stem().string(), *node, out, issues);
    }
  }
  if (files == 0)
    issues.push_back({Code::bad_config, Severity::error, folder, "no mapping files are there",
                      "give the folder that holds messages/, segments/, datatypes/, tables/"});
  out.fingerprint = XXH64_digest(hash);
  XXH64_freeState(hash);
  return out;
}

}  // namespace yilian::mapping
