#pragma once
// Validation at the FHIR face: $validate (resource-operation-validate.html), and the screening of what clients write.

#include "engine/net/http.h"
#include "engine/validation/screening.h"

namespace yilian::api {

using ValidationMode = validation::Mode;
using ValidationSettings = validation::Screening;
using validation::Findings;
using validation::kValidationSystem;
using validation::screen;

// An OperationOutcome of all findings; without any it says that there are none.
std::string findings_json(const Findings& findings);

// POST [type]/$validate and [type]/[id]/$validate: the resource, or Parameters with resource, mode, profile (which may
// also stand in the query). `stored`: what is stored under the address's id, validated when none is sent; may be
// nullptr.
Result<net::Response> validate(const net::Request& request, const ValidationSettings& settings, std::string_view type,
                               std::string_view id, const fhir::Json* stored);

}  // namespace yilian::api
