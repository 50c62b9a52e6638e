#include "engine/validation/profile.h"

namespace yilian::validation {
namespace {

const Rule* find_below(const Rule& rule, std::string_view id) {
  if (rule.id == id) return &rule;
  for (const std::vector<Rule>* each : {&rule.children, &rule.slices}) {
    for (const Rule& below : *each) {
      if (const Rule* found = find_below(below, id)) return found;
    }
  }
  return nullptr;
}

}  // namespace

const Rule* Rule::child(std::string_view of_name) const {
  for (const Rule& each : children) {
    if (each.name == of_name) return &each;
  }
  return nullptr;
}

const Rule* Profile::find(std::string_view id) const { return find_below(root, id); }

}  // namespace yilian::validation
