#pragma once
// The Person that joins one human's Patient resources of several hospitals.

#include "engine/fhir/json.h"

namespace yilian::identity {

// The Person resource that this Patient (with its id) belongs to, with one link to it; nullptr when nothing sure can be said.
// Contributions of several patients unite their links (engine/records). The tree lives in `arena`.
fhir::Json* person_of(const fhir::Json& patient, fhir::Arena& arena);

}  // namespace yilian::identity
