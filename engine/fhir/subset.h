#pragma once
// A part of a resource, as search.html#summary and #elements ask for it: _summary=true, text or data, and _elements.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {

struct Subset {
  enum class Summary : std::uint8_t { none, summary, text, data } summary = Summary::none;
  struct Wanted {
    std::string type;  // of "Patient.name"; empty: in whatever type has it
    std::string element;
  };
  std::vector<Wanted> elements;  // none: all

  bool whole() const { return summary == Summary::none && elements.empty(); }
};

// Of the two parameters' values; an empty one was not given. "count" is for searches alone, and whole here.
// `type`: what is read or searched. Errors: bad_value (no such word; no such element of the type; both given).
Result<Subset> read_subset(std::string_view summary, std::string_view elements, std::string_view type);

// Takes away what is not asked for, and says so by the tag SUBSETTED in meta. id, meta and what is mandatory stay, and
// of _summary=true and _elements the modifiers too. A resource of no known type stays whole.
void keep_subset(Json& resource, const Subset& subset, Arena& arena);

}  // namespace yilian::fhir
