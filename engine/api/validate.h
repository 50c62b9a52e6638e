#pragma once
// Validation at the FHIR face: $validate (resource-operation-validate.html), and what becomes of a write whose resource
// is readable and well formed, and yet not valid.

#include <memory>
#include <vector>

#include "engine/net/http.h"
#include "engine/validation/validator.h"

namespace yilian::api {

enum class ValidationMode : std::uint8_t {
  off,     // structure alone, which is never stored wrong
  mark,    // stored with a tag that says so
  refuse,  // 422 with all that was found
};

inline constexpr std::string_view kValidationSystem = "http://yilian.dev/fhir/CodeSystem/validation";

struct ValidationSettings {
  ValidationMode mode = ValidationMode::mark;
  std::shared_ptr<const validation::ProfileSet> profiles;  // may be nullptr
};

// What the findings on one write were; the caller makes it, screen() fills it.
using Findings = std::vector<validation::Finding>;

// Before a resource is made ready to be stored. Marks it, or takes an old mark away (`arena` is of the tree); errors:
// bad_value (422) of what is refused, with the first error and how many there are.
Result<void> screen(const ValidationSettings& settings, fhir::Json& resource, fhir::Arena& arena, Findings* findings);

// An OperationOutcome of all findings; without any it says that there are none.
std::string findings_json(const Findings& findings);

// POST [type]/$validate and [type]/[id]/$validate: the resource, or Parameters with resource, mode, profile (which may
// also stand in the query). `stored`: what is stored under the address's id, validated when none is sent; may be
// nullptr.
Result<net::Response> validate(const net::Request& request, const ValidationSettings& settings, std::string_view type,
                               std::string_view id, const fhir::Json* stored);

}  // namespace yilian::api
