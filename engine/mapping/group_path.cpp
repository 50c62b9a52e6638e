#include "engine/mapping/group_path.h"

#include <algorithm>

namespace yilian::mapping {

std::vector<std::string> split_path(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t dot; (dot = text.find('.', begin)) != std::string::npos; begin = dot + 1)
    parts.push_back(text.substr(begin, dot - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

std::string path_text(const MessageProgram& map, std::uint32_t path) {
  std::string text;
  for (; path != 0; path = map.paths[path].parent)
    text = std::string(map.paths[path].name) + (text.empty() ? "" : ".") + text;
  return text;
}

bool on_the_way(const MessageProgram& map, std::uint32_t path, const std::vector<std::string>& groups, bool ends) {
  auto wanted = groups.rbegin();
  for (bool first = true; path != 0 && wanted != groups.rend(); path = map.paths[path].parent, first = false) {
    if (map.paths[path].name == *wanted) {
      ++wanted;
    } else if (first && ends) {
      return false;
    }
  }
  return wanted == groups.rend();
}

bool holds_segment(const hl7v2::Particle& group, std::string_view id) {
  return std::any_of(group.children.begin(), group.children.end(),
                     [&](const hl7v2::Particle& child) { return !child.group && child.name == id; });
}

}  // namespace yilian::mapping
