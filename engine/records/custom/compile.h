#pragma once
// From a client's definition to what the index does with it, and all that cannot be done told before it is taken.

#include "engine/records/custom/definition.h"

namespace yilian::records {

// Of one of its types. `plan`: what the type has beside it, whose rows the components of a composite may share. Views
// in the result are into the definition. Errors, with the element: bad_syntax, bad_value (no such element; what it
// gives is nothing of its kind), unsupported (what cannot be computed from the resource alone), too_large, too_deep.
Result<Indexed> compile_custom(const fhir::Type& type, const CustomDefinition& definition, std::uint32_t number,
                               const Plan& plan);

// Compiled for all of its types. Errors: those of compile_custom; bad_value for a part of the expression that is of
// none of the bases.
Result<void> check_custom(const CustomDefinition& definition);

// Whether it only repeats a standard parameter, on all of its types; false: its code is free on all of them. Error:
// bad_value, its code is a standard parameter's.
Result<bool> repeats_standard(const CustomDefinition& definition);

// Whether it is the standard's own definition of what is decided without an index: _id, _lastUpdated, near, …
bool is_of_the_standard(const fhir::Json& resource);

}  // namespace yilian::records
