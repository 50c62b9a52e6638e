#include "engine/mapping/lint.h"

#include <algorithm>

namespace yilian::mapping {

Issue finding(const config::Node& where, Severity severity, std::string what, std::string cure) {
  Issue issue = where.fail(std::move(what), std::move(cure)).value();
  issue.severity = severity;
  return issue;
}

std::vector<Issue> lint(const Sources& sources) {
  std::vector<Issue> out;
  for (const auto& [name, message] : sources.messages) lint_conditions(message, out);
  for (const auto& [name, map] : sources.maps) {
    lint_rules(map, out);
    lint_codes(sources, map, out);
  }
  lint_use(sources, out);
  std::stable_sort(out.begin(), out.end(), [](const Issue& a, const Issue& b) { return a.severity > b.severity; });
  return out;
}

}  // namespace yilian::mapping
