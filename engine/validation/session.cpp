#include "engine/validation/session.h"

#include "engine/fhirpath/type_names.h"

namespace yilian::validation {
namespace {

constexpr std::uint64_t kExpressionSteps = 500'000;  // of one expression on one element

}  // namespace

Session::Session(const Bounds& bounds, bool best_practice, fhirpath::Services* services)
    : bounds_(bounds), best_practice_(best_practice), services_(services), steps_left_(bounds.steps) {}

std::vector<Finding> Session::take() {
  if (exhausted_) {
    findings_.push_back({Severity::error,
                         "too-costly",
                         {},
                         {},
                         "Not all was looked at: the resource is too large to be validated",
                         {}});
  }
  return std::move(findings_);
}

bool Session::spend(std::uint64_t steps) {
  if (steps <= steps_left_) {
    steps_left_ -= steps;
    return true;
  }
  exhausted_ = done_ = true;
  return false;
}

void Session::add(Finding finding) {
  if (done_) return;
  if (is_error(finding)) ++errors_;
  findings_.push_back(std::move(finding));
  if (findings_.size() >= bounds_.findings || (trial_ && errors_ > 0)) done_ = true;
}

void Session::report(Severity severity, std::string_view type, const fhirpath::Node& node, std::string text,
                     std::string_view profile, std::string_view key) {
  if (done_) return;
  add({severity, type, trial_ ? std::string() : fhirpath::place_of(node), std::string(key), std::move(text),
       std::string(profile)});
}

Verdict Session::evaluate(const Constraint& constraint, const fhirpath::Node& node, bool of_element, std::string& why) {
  const auto now = std::chrono::steady_clock::now();
  if (until_ == std::chrono::steady_clock::time_point{}) until_ = now + bounds_.time;
  if (now > until_) exhausted_ = done_ = true;
  if (done_ || !spend()) return Verdict::holds;
  fhirpath::Context context{arena_};
  context.services = services_;
  context.resolve_types_only = true;
  if (of_element && node.parent) context.resource = fhirpath::resource_of(*node.parent);
  context.limits.steps = kExpressionSteps;
  const auto result = constraint.expression.test(node, context);
  if (!result) {
    why = result.error().what;
    return Verdict::unknown;
  }
  if (!*result) return Verdict::empty;
  return **result ? Verdict::holds : Verdict::fails;
}

void Session::test(const Constraint& constraint, const fhirpath::Node& node, const fhir::ElementSet& present,
                   std::string_view profile, bool of_element) {
  if (done_ || (constraint.best_practice && !best_practice_)) return;
  const bool of_type = !constraint.type || fhirpath::is_of(*node.type, *constraint.type);
  Verdict verdict = of_type ? constraint.presence.verdict(present) : Verdict::unknown;
  if (verdict == Verdict::holds) return;
  if (constraint.local_reference && node.value) {
    const std::string_view reference = node.value->text_at("reference");
    if (!reference.starts_with('#') || reference.size() == 1)
      return;  // "#" is the container (references.html#contained)
  }
  std::string why;
  if (verdict == Verdict::unknown) verdict = evaluate(constraint, node, of_element, why);
  if (verdict == Verdict::holds) return;
  if (verdict == Verdict::unknown) {
    return report(Severity::warning, "exception", node, "Cannot be decided (" + why + "): " + constraint.human, profile,
                  constraint.key);
  }
  if (verdict == Verdict::empty && constraint.compares) {
    return report(Severity::warning, "invariant", node,
                  "Cannot be decided from what is known here: " + constraint.human, profile, constraint.key);
  }
  report(constraint.severity, "invariant", node, constraint.human, profile, constraint.key);
}

}  // namespace yilian::validation
