#pragma once
// Names of types, and which item is of which.

#include "engine/base/result.h"
#include "engine/fhirpath/program.h"

namespace yilian::fhirpath {

// `space`: "FHIR", "System", or empty: FHIR's before System's (FHIRPath 2.0, 6.3). A name that FHIR R4 or an
// unqualified look-up does not have is an Issue without a place; one that System does not have is a type that no item
// is of.
Result<TypeSpecifier> find_type(std::string_view space, std::string_view name);

// Of that type, or of one derived from it.
bool is_of(const fhir::Type& type, const fhir::Type& wanted);
bool is_of(const Item& item, const TypeSpecifier& wanted);
// What as and ofType keep: a primitive only when it is exactly of that type (a code is no string to them), which is how
// FHIR's own tests read the standard.
bool is_kept_as(const Item& item, const TypeSpecifier& wanted);
bool is_kept_as(const fhir::Type& type, const fhir::Type& wanted);

}  // namespace yilian::fhirpath
