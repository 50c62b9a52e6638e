// Maps that no message leads to, and tables that no rule names.

#include <set>

#include "engine/mapping/lint.h"

namespace yilian::mapping {
namespace {

using config::Node;

// Names of maps and tables anywhere below a node: as a whole text (`as`, `map`, `table`), or within table(x, "Name").
void names_below(const Node& node, std::set<std::string>& names) {
  if (node.is_map()) {
    for (const auto& [key, value] : node.members()) {
      if (key != "tests" && key != "comment") names_below(value, names);
    }
  } else if (node.is_list()) {
    for (const Node& item : node.items()) names_below(item, names);
  } else if (const auto text = node.text()) {
    names.insert(*text);
    for (auto at = text->find("table("); at != std::string::npos; at = text->find("table(", at + 1)) {
      const auto open = text->find('"', at), close = open == std::string::npos ? open : text->find('"', open + 1);
      if (close != std::string::npos) names.insert(text->substr(open + 1, close - open - 1));
    }
  }
}

void tell(const Node& file, const std::string& name, bool used, const char* unused_what, std::vector<Issue>& out) {
  const Node reason = file["unused"];
  if (!used && !reason)
    out.push_back(finding(file, Severity::warning, name + unused_what,
                          "use it, take it out, or say why it stays: `unused: reason`"));
  if (used && reason)
    out.push_back(finding(reason, Severity::warning, name + " is used, and says that it is not", "take `unused` out"));
}

}  // namespace

void lint_use(const Sources& sources, std::vector<Issue>& out) {
  std::set<std::string> reached, todo;
  for (const auto& [name, message] : sources.messages) names_below(message.node, todo);
  while (!todo.empty()) {
    const std::string name = *todo.begin();
    todo.erase(todo.begin());
    if (!reached.insert(name).second) continue;
    if (const auto map = sources.maps.find(name); map != sources.maps.end()) names_below(map->second.node, todo);
  }
  // A table of a map that nobody uses has a user all the same: the map is what is told.
  std::set<std::string> named = reached;
  for (const auto& [name, map] : sources.maps) {
    if (reached.count(name) == 0) names_below(map.node, named);
    tell(map.node, name, reached.count(name) > 0, ": no message leads to this map", out);
  }
  for (const auto& [name, table] : sources.tables)
    tell(table.node, "table " + name, named.count(name) > 0, ": no rule uses it", out);
}

}  // namespace yilian::mapping
