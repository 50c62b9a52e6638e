#pragma once
// Resources against FHIR R4 (validation.html): structure (fhir::check), invariants, and profiles.

#include <span>
#include <string>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/validation/finding.h"
#include "engine/validation/profile_set.h"
#include "engine/validation/session.h"

namespace yilian::validation {

struct Options {
  std::vector<std::string> profiles = {};  // canonicals that the resource has to conform to
  bool claimed = true;                     // and those of meta.profile, of it and of the resources in it
  bool structure = true;                   // false: fhir::check was done before
  bool best_practice = false;              // tell also of invariants that are mere advice (dom-6: a narrative)
  Bounds bounds = {};
};

class Validator {
 public:
  // `profiles` has to outlive it; nullptr: there are none.
  explicit Validator(const ProfileSet* profiles = nullptr) : profiles_(profiles) {}

  // What is wrong, or worth telling; no error among it: the resource is valid. Any thread may ask.
  std::vector<Finding> validate(const fhir::Json& resource, const Options& options = {}) const;

 private:
  const ProfileSet* profiles_;
};

bool has_error(std::span<const Finding> findings);

}  // namespace yilian::validation
