#pragma once
// The invariants of R4 itself, over all elements of a resource, and what is below it.

#include "engine/fhirpath/item.h"
#include "engine/validation/session.h"

namespace yilian::validation {

struct TypeRules;

// Is told of each extension that is passed, and of each resource below the one where the walk began.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void extension(const fhirpath::Node& node) = 0;
  virtual void resource(const fhirpath::Node& node) = 0;
};

// Takes any tree: what is not as the definitions have it is passed over, and left to fhir::check.
void walk_base(const fhirpath::Node& resource, Session& session, Visitor* visitor);

}  // namespace yilian::validation
