#pragma once
// Reads the text of definitions/fhir-r4.txt into tables. The format is described in README.md.

#include <memory_resource>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/fhir/definitions.h"

namespace yilian::fhir {

struct Definitions {
  std::pmr::monotonic_buffer_resource memory{256 * 1024};
  std::unordered_map<std::string_view, Type*> types;
  std::vector<const Type*> resource_types;                                            // concrete ones, by name
  std::unordered_map<std::string_view, std::span<const SearchParameter>> parameters;  // by resource type
  std::unordered_map<std::string_view, std::span<const std::string_view>> compartments;  // by "Patient/Observation"
};

// `text` has to stay: names are views into it. Throws std::logic_error when it is not in the format, which only a
// broken build can bring about.
void read_definitions(std::string_view text, Definitions& into);

}  // namespace yilian::fhir
