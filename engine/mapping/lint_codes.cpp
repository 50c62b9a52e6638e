// Codes within a CodeableConcept or Coding whose value set FHIR requires. Codes of the element itself are checked when
// a mapping is compiled.

#include <algorithm>

#include "engine/mapping/compiler.h"
#include "engine/mapping/lint.h"
#include "engine/mapping/target.h"

namespace yilian::mapping {
namespace {

bool known(const fhir::Element& element, const std::string& code) {
  return std::binary_search(element.codes.begin(), element.codes.end(), std::string_view(code));
}

}  // namespace

void lint_codes(const Sources& sources, const MapSource& map, std::vector<Issue>& out) {
  const fhir::Type* const type = Compiler::find_type(map.target);
  if (type == nullptr) return;
  for (const RuleSource& rule : map.rules) {
    const Target target = read_target(rule.part("to").text_or(""), *type);
    if (target.coded == nullptr) continue;
    const auto tell = [&](const config::Node& where, const std::string& code) {
      out.push_back(
          finding(where, Severity::warning,
                  "'" + code + "' is not in the value set that " + std::string(target.coded->name) + " asks for",
                  "give one of its codes, or write the code under another label than that of the required coding"));
    };
    const std::string value = rule.part("value").text_or("");
    if (!value.empty() && value.find('{') == std::string::npos && !known(*target.coded, value))
      tell(rule.part("value"), value);
    const auto table = sources.tables.find(rule.part("table").text_or(""));
    if (table == sources.tables.end()) continue;
    for (const auto& [code, entry] : table->second.entries) {
      if (!known(*target.coded, entry.code)) tell(table->second.node["map"][code], entry.code);
    }
  }
}

}  // namespace yilian::mapping
