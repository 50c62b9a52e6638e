#include "engine/mapping/target.h"

#include <vector>

namespace yilian::mapping {

Target read_target(const std::string& to, const fhir::Type& of) {
  Target out;
  const fhir::Type* type = &of;
  std::vector<const fhir::Element*> way;
  bool one = true;
  std::size_t at = 0;
  while (at < to.size()) {
    const std::size_t end = std::min(to.find_first_of(".[()", at), to.size());
    const std::string name = to.substr(at, end - at);
    at = end;
    if (name.empty()) {
      ++at;
      if (to[end] == '(') out.path += '(';
      continue;
    }
    const bool entered = !out.path.empty() && out.path.back() == '(';
    if (entered) {
      type = fhir::type(name);
      if (type == nullptr) return out;
      out.path += name + ").";
      continue;
    }
    const fhir::Found found = fhir::find_json(*type, name);
    if (found.element == nullptr) return out;
    way.push_back(found.element);
    type = found.type;
    if (!out.path.empty() && out.path.back() != '.') out.path += '.';
    out.path += name;
    one = true;
    if (at < to.size() && to[at] == '[') {
      const std::size_t close = std::min(to.find(']', at), to.size());
      std::string label = to.substr(at + 1, close - at - 1);
      if (!label.empty() && label.back() == '*') label.pop_back();
      out.path += '[' + label + ']';
      at = std::min(close + 1, to.size());
    } else if (found.element->list) {
      one = false;  // only when the path ends here: on the way all rules share the item
    }
  }
  if (way.empty()) return out;
  out.one = one;
  out.type = type;
  out.element = way.back();
  if (out.element->name == "code" && way.size() >= 2) {
    const fhir::Element* above = way[way.size() - 2];
    if (above->name == "coding" && way.size() >= 3) above = way[way.size() - 3];
    if (!above->codes.empty()) out.coded = above;
  }
  return out;
}

}  // namespace yilian::mapping
