#pragma once
// Conditions that hold for nothing, as far as their own words and the definitions tell.

#include "engine/fhirpath/program.h"

namespace yilian::fhirpath {

// True: whatever the program is evaluated on, it never gives true. What is told by it: a contradiction of two parts of an
// `and` (x.exists() and x.empty(), x = 'a' and x = 'b', x and x.not()), a code that the value set which FHIR requires of
// an element does not have, values of two kinds that are never equal, false and {} themselves, and what follows from these
// through and, or, xor, not(), exists() and where(). The types have been resolved (typing.h).
bool never_true(const Program& program);

}  // namespace yilian::fhirpath
