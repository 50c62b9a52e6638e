#pragma once
// The invariants of R4's own definitions (definitions/constraints-r4.txt), by the types and elements that they are of.

#include <memory>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/member_table.h"
#include "engine/validation/constraint.h"

namespace yilian::validation {

struct TypeRules;

// Of one JSON member of a type.
struct MemberRules {
  const TypeRules* type = nullptr;             // nullptr: a resource, whose type its JSON names
  std::vector<const Constraint*> constraints;  // of the element itself
};

// Of one type, with what it inherits. ele-1 is not among them: it is the same for all, and looked at without FHIRPath.
struct TypeRules {
  const fhir::Type* type = nullptr;
  std::vector<const Constraint*> constraints;
  std::vector<MemberRules> members;  // by MemberTable::order
};

// Compiled at first use (a few milliseconds), then never changed; any thread may look.
const TypeRules& base_rules(const fhir::Type& type);
// Whether R4 itself has this constraint: a snapshot repeats them.
bool is_base_constraint(std::string_view key, std::string_view expression);
std::size_t base_constraint_count();

}  // namespace yilian::validation
