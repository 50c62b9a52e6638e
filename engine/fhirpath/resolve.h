#pragma once
// What a reference points to: a contained resource, an entry of the same Bundle, or what the services know.

#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {

// `item`: a Reference, or a uri, url or canonical. nullptr: nothing is found.
const Node* resolve_reference(Run& run, const Item& item);

}  // namespace yilian::fhirpath
