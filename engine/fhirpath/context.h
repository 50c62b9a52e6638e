#pragma once
// What an evaluation is given beside the expression and the resource.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/fhirpath/item.h"

namespace yilian::fhirpath {

// What lies outside of a resource. What is not overridden is an Issue (unsupported), and never a silent answer; but a
// reference that leads nowhere is left out by resolve(), as the standard has it.
class Services {
 public:
  virtual ~Services() = default;
  // "Patient/1", an absolute or canonical URL. Contained resources and those of the same Bundle are looked up before.
  // What is given has to outlive the result; nullptr: not found.
  virtual const fhir::Json* resolve(std::string_view reference);
  // Whether a code, Coding or CodeableConcept is in a value set; nothing: not known.
  virtual Result<std::optional<bool>> member_of(const Item& coded, std::string_view value_set);
  virtual Result<bool> conforms_to(const Node& node, std::string_view profile);
  virtual void trace(std::string_view name, Collection items);
};

struct Variable {
  std::string_view name;  // without the "%"
  Collection items;
};

// Ends every expression, whatever it is and whatever it is evaluated on; beyond, the Issue is too_large or too_deep.
struct Limits {
  std::uint64_t steps = 5'000'000;       // items made, items compared, bytes of text made by the sixteen
  std::size_t items = 200'000;           // in one collection
  std::size_t text_bytes = 1024 * 1024;  // in one text
};

struct Context {
  fhir::Arena& arena;  // what is made lives here, and so does the result
  Services* services = nullptr;
  std::span<const Variable> variables = {};
  const Node* resource = nullptr;       // %resource; none: the resource that the evaluation's node is in
  const Node* root_resource = nullptr;  // %rootResource; none: the one that contains %resource
  std::optional<Instant> now =
      std::nullopt;        // of now(), today() and timeOfDay(); none: when the first of them is called
  int offset_minutes = 0;  // of that time, east of UTC
  // resolve() gives for what it cannot find a resource of the type that the reference names, with nothing in it:
  // enough for `subject.where(resolve() is Patient)`, which is what search parameters ask.
  bool resolve_types_only = false;
  Limits limits = {};
};

}  // namespace yilian::fhirpath
