#pragma once
// Expressions out of rules that people write: what would fail, or say nothing, whatever it is evaluated on, is told when
// it is compiled.

#include <string_view>

#include "engine/base/result.h"
#include "engine/fhirpath/expression.h"

namespace yilian::fhirpath {

// `type`: what it will be evaluated on; nullptr: that is not known, and then names of elements are not checked.
// Errors as Expression::compile; and bad_value for a variable that nobody gives (besides the standard's own), a cast to
// what can never be, and functions that need a terminology or profiles (memberOf, conformsTo).
Result<Expression> compile_checked(std::string_view text, const fhir::Type* type);
// The same for what has to give one Boolean, which is not the case, or never true, by its own words: bad_value.
Result<Expression> compile_condition(std::string_view text, const fhir::Type* type);

// "byte 12: There is no element …": an Issue of these, where a text of several lines is not wanted.
std::string told(const Issue& issue);

}  // namespace yilian::fhirpath
