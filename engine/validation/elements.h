#pragma once
// From an element to those below it, by name.

#include <string_view>
#include <vector>

#include "engine/fhir/member_table.h"
#include "engine/fhirpath/item.h"

namespace yilian::validation {

using Nodes = std::vector<const fhirpath::Node*>;

// The elements of that name (without "[x]") below `parent`, in order; they live in the arena.
Nodes children_of(const fhirpath::Node& parent, std::string_view name, fhir::Arena& arena);

// By Element::order, which elements are there.
fhir::ElementSet presence_of(const fhirpath::Node& node);

}  // namespace yilian::validation
