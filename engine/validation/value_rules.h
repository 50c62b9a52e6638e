#pragma once
// What a profile may ask of one value: fixed[x], pattern[x], minValue, maxValue, maxLength.

#include <string>

#include "engine/fhirpath/item.h"
#include "engine/validation/profile.h"

namespace yilian::validation {

// pattern[x]: what it has is there too; each item of its arrays matches one (elementdefinition.html#pattern).
bool matches_pattern(const fhir::Json& value, const fhir::Json& pattern);

// What does not hold, one sentence; empty: all does.
std::string wrong_value(const Rule& rule, const fhirpath::Node& node, fhir::Arena& arena);

}  // namespace yilian::validation
