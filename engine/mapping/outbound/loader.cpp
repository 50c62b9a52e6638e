#include <algorithm>
#include <filesystem>

#include "engine/hl7v2/grammar.h"
#include "engine/mapping/outbound/sources.h"

namespace yilian::mapping::outbound {
namespace {

namespace fs = std::filesystem;

// (name, file) of a folder's YAML files, by name.
std::vector<std::pair<std::string, config::Node>> files(const fs::path& folder, const std::string& shown, std::vector<Issue>& issues) {
  std::vector<std::pair<std::string, config::Node>> out;
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    auto node = config::read_file(path.string());
    if (node) {
      out.emplace_back(path.stem().string(), *node);
    } else {
      node.error().where = shown + "/" + path.filename().string() + (node.error().where.empty() ? "" : " (" + node.error().where + ")");
      issues.push_back(node.error());
    }
  }
  return out;
}

void add(const Result<void>& result, std::vector<Issue>& issues) {
  if (!result) issues.push_back(result.error());
}

void read_map(const std::string& name, bool segment, const config::Node& node, Sources& sources, std::vector<Issue>& issues) {
  add(node.only({segment ? "segment" : "datatype", "source", "rules"}), issues);
  MapSource map{name, segment, node[segment ? "segment" : "datatype"].text_or(""), node["source"].text_or(""), node};
  const auto bracket = name.find('[');
  if (bracket == std::string::npos || !name.ends_with(']') || name.substr(0, bracket) != map.type) {
    issues.push_back(node.fail("the file of " + (map.type.empty() ? "a map" : map.type) + " must be called " + map.type + "[…]", "rename it, or write the type it is of").value());
    return;
  }
  if (map.source.empty()) {
    map.source = name.substr(bracket + 1, name.size() - bracket - 2);
    map.source = map.source.substr(0, map.source.find('-'));
  }
  if (segment && !map.type.starts_with('Z') && !hl7v2::is_segment(map.type)) issues.push_back(node.fail("HL7 has no segment " + map.type).value());
  if (!node["rules"].is_list()) issues.push_back(node.fail("a map needs 'rules:'").value());
  sources.maps.emplace(name, std::move(map));
}

void read_tables(const fs::path& folder, Sources& sources, std::vector<Issue>& issues) {
  for (const auto& [name, node] : files(folder.parent_path() / "hl7v2" / "tables", "../hl7v2/tables", issues)) {
    auto table = read_table(node["table"].text_or(name), node);
    if (table) {
      sources.tables.emplace(table->name, std::move(*table));
    } else {
      issues.push_back(table.error());
    }
  }
  for (const auto& [name, node] : files(folder / "tables", "tables", issues)) {
    const std::string of = node["table"].text_or(name);
    add(node.only({"table", "from", "to", "map"}), issues);
    // Over a table of mappings/hl7v2, or one of our own.
    auto& table = sources.tables.emplace(of, Table{of, node["from"].text_or(""), node["to"].text_or(""), {}, {}, {}}).first->second;
    add(prefer(table, node["map"]), issues);
  }
}

}  // namespace

Sources read_sources(const std::string& given, std::vector<Issue>& issues) {
  Sources sources;
  fs::path folder = fs::path(given).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    issues.push_back(Issue{Code::not_found, Severity::error, given, "there is no such folder", "it holds messages/, segments/ and datatypes/"});
    return sources;
  }
  for (const auto& [name, node] : files(folder / "messages", "messages", issues)) sources.messages.emplace(name, node);
  for (const auto& [name, node] : files(folder / "segments", "segments", issues)) read_map(name, true, node, sources, issues);
  for (const auto& [name, node] : files(folder / "datatypes", "datatypes", issues)) read_map(name, false, node, sources, issues);
  read_tables(folder, sources, issues);
  if (fs::exists(folder / "systems.yaml", error)) {
    if (auto node = config::read_file((folder / "systems.yaml").string()); !node) {
      issues.push_back(node.error());
    } else {
      add(node->only({"systems", "authorities"}), issues);
      for (const auto& [uri, name] : (*node)["systems"].members()) sources.systems.emplace(uri, name.text_or(""));
      for (const auto& [uri, oid] : (*node)["authorities"].members()) sources.oids.emplace(uri, oid.text_or(""));
    }
  }
  if (fs::exists(folder / "options.yaml", error)) {
    if (auto node = config::read_file((folder / "options.yaml").string()); !node) {
      issues.push_back(node.error());
    } else {
      for (const auto& [name, option] : (*node)["options"].members()) {
        for (const auto& value : option["values"].items()) sources.options[name].values.push_back(value.text_or(""));
        if (sources.options[name].values.empty()) issues.push_back(option.fail("an option needs 'values:', the first of which is its default").value());
      }
    }
  }
  return sources;
}

}  // namespace yilian::mapping::outbound
