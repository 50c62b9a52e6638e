#pragma once
// What types each step of a program can give, as far as that is known before it is evaluated.

#include "engine/base/result.h"
#include "engine/fhirpath/expression.h"
#include "engine/fhirpath/program.h"

namespace yilian::fhirpath {

// Fills Step::known from options.type on. With options.strict and options.check_order, what cannot be is an Issue:
// bad_value with the place.
Result<void> resolve_types(Program& program, const Options& options);

}  // namespace yilian::fhirpath
