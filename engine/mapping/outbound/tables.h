#pragma once
// A code table of mappings/hl7v2/tables read backwards: FHIR's code to HL7's. Where several HL7 codes mean one of FHIR,
// the first in the file is written, unless the folder's own table or the receiver says another.

#include <map>
#include <string>
#include <string_view>

#include "engine/base/config.h"

namespace yilian::mapping::outbound {

struct Table {
  std::string name;
  std::string from, to;  // code systems: HL7's, FHIR's
  std::map<std::string, std::string, std::less<>> back;     // FHIR -> HL7
  std::map<std::string, std::string, std::less<>> forward;  // HL7 -> FHIR
  std::map<std::string, std::string, std::less<>> systems;  // FHIR code -> its system where that is not `to`

  // Empty when the table has none.
  std::string_view code(std::string_view fhir) const;
  bool is_target(std::string_view system, std::string_view fhir) const;  // one of the codings that the table makes
};

Result<Table> read_table(const std::string& name, const config::Node& file);
// "map: {female: 女}" of a receiver or of our own folder: FHIR's code to HL7's.
Result<void> prefer(Table& table, const config::Node& map);

}  // namespace yilian::mapping::outbound
