#pragma once
// A profile (StructureDefinition with derivation "constraint", profiling.html) as a tree of what it asks beyond R4
// itself.

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/validation/constraint.h"

namespace yilian::validation {

inline constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

// One of the types that an element may have.
struct TypeRule {
  const fhir::Type* type = nullptr;   // nullptr: a type that R4 does not have
  std::vector<std::string> profiles;  // canonicals; one of them has to hold
  std::vector<std::string> targets;   // of a Reference: canonicals of which the target has to hold one
};

struct PathStep {
  enum class Kind : std::uint8_t { child, extension, resolve, of_type } kind;
  std::string name;  // of the child; URL of the extension; of the type
};

struct Discriminator {
  enum class Kind : std::uint8_t { value, exists, type, profile } kind;  // value: "pattern" as well
  std::vector<PathStep> path;                                            // empty: $this
};

struct Slicing {
  std::vector<Discriminator> discriminators;
  bool ordered = false;
  enum class Rules : std::uint8_t { open, closed, at_end } rules = Rules::open;
};

struct Binding {
  std::string strength;  // "required", "extensible", "preferred", "example"
  std::string value_set;
};

struct Rule {
  std::string id;          // of the ElementDefinition: "Observation.component:systolic.code"
  std::string name;        // of the element, without "[x]"
  std::string slice_name;  // empty: no slice
  std::uint32_t min = 0, max = kUnbounded;
  std::vector<TypeRule> types;  // empty: as R4 has it
  const fhir::Json* fixed = nullptr;
  const fhir::Json* pattern = nullptr;
  const fhir::Json* least = nullptr;  // minValue
  const fhir::Json* most = nullptr;   // maxValue
  std::optional<std::uint32_t> max_length;
  std::optional<Binding> binding;
  std::vector<Constraint> constraints;
  std::string content;  // id of the element whose children this one has; empty: its own
  std::optional<Slicing> slicing;
  std::vector<Rule> slices;
  std::vector<Rule> children;

  const Rule* child(std::string_view of_name) const;
};

struct ExtensionContext {
  std::string type;        // element, extension, fhirpath
  std::string expression;  // "Patient.name", a URL
};

struct Profile {
  std::string url, version;
  const fhir::Type* type = nullptr;
  Rule root;
  std::vector<ExtensionContext> contexts;  // of an extension; empty: anywhere
  std::shared_ptr<fhir::Arena> memory;     // of fixed values and patterns

  const Rule* find(std::string_view id) const;  // of contentReference
};

// Makes a profile of its StructureDefinition: of its snapshot, or else of its differential upon `base`, which is the
// profile it is derived from (nullptr: R4's own type). Errors name the element: bad_structure, bad_value, unsupported.
Result<Profile> read_profile(const fhir::Json& definition, const Profile* base);

}  // namespace yilian::validation
