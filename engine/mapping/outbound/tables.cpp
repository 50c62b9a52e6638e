#include "engine/mapping/outbound/tables.h"

namespace yilian::mapping::outbound {

std::string_view Table::code(std::string_view fhir) const {
  const auto found = back.find(fhir);
  return found == back.end() ? std::string_view() : std::string_view(found->second);
}

bool Table::is_target(std::string_view system, std::string_view fhir) const {
  if (!back.contains(fhir)) return false;
  const auto own = systems.find(fhir);
  return system == (own == systems.end() ? to : own->second);
}

Result<Table> read_table(const std::string& name, const config::Node& file) {
  Table table;
  table.name = name;
  table.from = file["from"].text_or("");
  table.to = file["to"].text_or("");
  if (!file["map"].is_map()) return file.fail("a table needs 'map:'");
  for (const auto& [hl7, entry] : file["map"].members()) {
    const std::string fhir = entry.is_map() ? entry["code"].text_or("") : entry.text_or("");
    if (fhir.empty()) continue;
    table.forward.emplace(hl7, fhir);
    table.back.emplace(fhir, hl7);
    if (entry.is_map() && entry["system"]) table.systems.emplace(fhir, entry["system"].text_or(""));
  }
  return table;
}

Result<void> prefer(Table& table, const config::Node& map) {
  if (!map.is_map()) return map.fail("FHIR's codes with the codes to write, {female: F}, were expected");
  for (const auto& [fhir, entry] : map.members()) {
    YL_TRY(std::string hl7, entry.need_text());
    table.back[fhir] = hl7;
    table.forward.emplace(hl7, fhir);
  }
  return {};
}

}  // namespace yilian::mapping::outbound
