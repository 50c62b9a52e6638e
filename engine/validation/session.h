#pragma once
// One validation under way: what was found, and what may still be spent.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/fhirpath/context.h"
#include "engine/validation/constraint.h"
#include "engine/validation/finding.h"

namespace yilian::validation {

struct Bounds {
  std::size_t findings = 100;
  std::uint64_t steps = 4'000'000;  // elements looked at, once for each rule that looks
  std::chrono::milliseconds time{2000};
};

class Session {
 public:
  Session(const Bounds& bounds, bool best_practice, fhirpath::Services* services);

  // Asks an invariant of an element. `profile`: that asks it, for the finding. `of_element`: the invariant is the
  // element's and not its type's, so that %resource of a contained resource is the one that contains it.
  void test(const Constraint& constraint, const fhirpath::Node& node, const fhir::ElementSet& present,
            std::string_view profile, bool of_element = false);

  void report(Severity severity, std::string_view type, const fhirpath::Node& node, std::string text,
              std::string_view profile = {}, std::string_view key = {});
  void add(Finding finding);
  // No more is looked for: enough was found, or enough was spent (which is a finding).
  bool done() const { return done_; }
  bool spend(std::uint64_t steps = 1);

  fhir::Arena& arena() { return arena_; }
  fhirpath::Services* services() const { return services_; }
  std::vector<Finding> take();

  // What `look` finds is not kept; true when there was no error. Looking ends with the first error.
  template <class Look>
  bool holds(Look&& look) {
    if (done_) return true;
    std::vector<Finding> kept = std::exchange(findings_, {});
    const std::size_t errors = std::exchange(errors_, 0);
    const bool was_trial = std::exchange(trial_, true);
    look();
    const bool good = errors_ == 0;
    trial_ = was_trial;
    errors_ = errors;
    findings_ = std::move(kept);
    done_ = exhausted_ || findings_.size() >= bounds_.findings;
    return good;
  }

 private:
  Verdict evaluate(const Constraint& constraint, const fhirpath::Node& node, bool of_element, std::string& why);

  Bounds bounds_;
  bool best_practice_;
  fhirpath::Services* services_;
  fhir::Arena arena_;
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
  std::uint64_t steps_left_;
  std::chrono::steady_clock::time_point until_{};  // set when the first expression is evaluated
  bool trial_ = false, done_ = false, exhausted_ = false;
};

}  // namespace yilian::validation
