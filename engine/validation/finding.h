#pragma once
// What validation has to say of a place in a resource.

#include <string>
#include <string_view>

#include "engine/base/issue.h"

namespace yilian::validation {

struct Finding {
  Severity severity = Severity::error;
  std::string_view type;  // FHIR issue-type: "structure", "required", "value", "invariant", "code-invalid",
                          // "not-found", "extension", "business-rule", "too-costly"; a literal
  std::string where;    // FHIRPath: "Observation.component[1].value"
  std::string key;      // of the constraint: "obs-6"; else empty
  std::string text;     // one sentence, without the place
  std::string profile;  // canonical of the profile that asks it; empty: FHIR itself
};

inline bool is_error(const Finding& finding) { return finding.severity >= Severity::error; }

}  // namespace yilian::validation
