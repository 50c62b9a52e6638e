#pragma once
// One invariant (ElementDefinition.constraint): compiled, and asked of an element.

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/fhirpath/expression.h"
#include "engine/validation/presence.h"

namespace yilian::validation {

struct ConstraintText {
  std::string_view key;  // "obs-6"
  Severity severity = Severity::error;
  bool best_practice = false;
  std::string_view expression;
  std::string_view human;
};

struct Constraint {
  std::string key;
  Severity severity = Severity::error;
  bool best_practice = false;
  std::string human;
  fhirpath::Expression expression;
  Presence presence;
  bool compares = false;         // two values by their order, which may be known too roughly to say: nothing is no "no"
  bool local_reference = false;  // ref-1: only asks something of what begins with '#'

  const fhir::Type* type = nullptr;  // of the elements that it is for; nullptr: not known

  // Errors: those of fhirpath::Expression::compile.

  static Result<Constraint> compile(const ConstraintText& text, const fhir::Type* type);
};

}  // namespace yilian::validation
