#pragma once
// What a rule's `to` says, read against the FHIR definitions, for who looks at rules without compiling them.

#include <string>

#include "engine/fhir/definitions.h"

namespace yilian::mapping {

struct Target {
  std::string path;  // with labels, without the mark of the repeating list; rules of one map that have the same
                     // write the same element
  bool one = false;  // they share one place; else each rule makes items of its own
  const fhir::Type* type = nullptr;        // of what is written; nullptr: the path is none
  const fhir::Element* element = nullptr;  // the last one
  // The element of a `coding.code` or `code` at the end whose value set the code should be of.
  const fhir::Element* coded = nullptr;
};

Target read_target(const std::string& to, const fhir::Type& of);

}  // namespace yilian::mapping
