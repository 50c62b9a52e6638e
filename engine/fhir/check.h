#pragma once
// A resource against its definitions: members that exist, cardinality, kinds, primitive formats, required codes, depth.
// (Invariants and profiles: engine/validation.)

#include <string>
#include <vector>

#include "engine/base/issue.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {

// Empty when nothing is wrong; `where` is a FHIRPath-like place ("Patient.name[0].given"). At most `limit` issues.
std::vector<Issue> check(const Json& resource, std::size_t limit = 20);
// Writes the members of every object in the order of the definitions, so that equal resources have equal bytes. Unknown
// members go last.
void sort_members(Json& resource);
// All in one walk: sort_members(), then what check() says, and when that is nothing, what write_json() writes, behind
// `out`. Where something is wrong, the rest may stay unsorted, and what was written is of no use.
std::vector<Issue> sort_check_write(Json& resource, std::string& out, std::size_t limit = 20);

}  // namespace yilian::fhir
