#pragma once
// FHIRPath Patch (FHIR R4, fhirpatch.html): the operations of a Parameters resource on another resource.

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::fhirpath {

inline constexpr std::size_t kMostOperations = 1000;

// A copy of `resource` in `arena` with all operations done, one after the other, and its members in their order; the
// resource itself is not changed. All or nothing. What is left without content is removed with what held it.
// Not looked at: whether the result is valid (fhir::check says it), and whether `id` may change.
//
// Errors, `where` in the Parameters ("Parameters.parameter[2]"):
// bad_structure: no Parameters resource with operations of the parts that the type of operation has, or one of both is
// not even by its kinds of JSON what its type says;
// bad_syntax, bad_value: the path, as Expression says it; a value or name that cannot be there; an index too large;
// not_found: nothing is there (a delete of nothing is done); conflict: several elements where one is meant, or a
// non-repeating one that is there already; too_large: more than kMostOperations.
Result<fhir::Json*> patch(const fhir::Json& resource, const fhir::Json& parameters, fhir::Arena& arena);

}  // namespace yilian::fhirpath
