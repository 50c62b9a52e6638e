#pragma once
// The rules held against the rows of HL7's V2-to-FHIR guide: guide.tsv lists the rows, deviations.yaml says which of
// them no rule does, and why.

#include <string>
#include <vector>

#include "engine/mapping/mapping.h"

namespace yilian::mapping {

// One row of the guide, and what becomes of it here.
struct GuideRow {
  // done: a rule (or a table's code) is this row. elsewhere: another rule or the engine does it. listed: it is left out
  // or done differently, with a reason. open: nobody accounts for it.
  enum class State : std::uint8_t { done, elsewhere, listed, open } state = State::open;
  std::string kind;    // "segment", "datatype", "message", "table"
  std::string map;     // "PID[Patient]", "ADT_A01", "AdministrativeSex"
  std::string line;    // of the guide's sheet
  std::string usable;  // the guide's own class of the row: "computable", "narrative", …
  std::string code;    // of a table's row
  std::string rule;    // done: "PID[Patient]#13"; of a code: none
  std::string place;   // done: "segments/PID[Patient].yaml:14"
  std::string reason;  // of deviations.yaml; also of a row that is done, when it is done differently
  bool computable() const { return usable == "computable"; }
};

std::string_view name(GuideRow::State state);  // "done", …

struct Coverage {
  std::vector<GuideRow> rows;  // in the order of guide.tsv
  std::vector<Issue>
      problems;  // rules and deviations that name rows which the guide lacks; deviations that no longer hold
};

// `folder` is the one that the library was loaded from. Errors: guide.tsv or deviations.yaml cannot be read.
Result<Coverage> guide_coverage(const std::string& folder, const Library& library);

}  // namespace yilian::mapping
