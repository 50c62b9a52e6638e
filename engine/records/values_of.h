#pragma once
// The values of a search parameter in a resource, each with the path at whose end it is.

#include <array>
#include <string>

#include "engine/records/index_plan.h"

namespace yilian::records {

namespace detail {

// The work that an expression of a client may make on one resource.
inline constexpr fhirpath::Limits kCustomLimits{.steps = 20'000, .items = 10'000, .text_bytes = 64 * 1024};

// As the index reads it: what FHIRPath computes has no element.
template <class Visit>
void visit_item(const fhirpath::Item& item, Visit& visit) {
  static const fhir::Element plain{};
  // In the order of Item::Kind, from boolean on.
  static const std::array<const fhir::Type*, 7> types{
      fhir::type("boolean"), fhir::type("integer"),  fhir::type("decimal"), fhir::type("string"),
      fhir::type("date"),    fhir::type("dateTime"), fhir::type("time")};
  Path path;
  path.element = &plain;
  if (item.is_node()) {
    if (item.node().value == nullptr) return;
    path.leaf = item.node().type;
    if (item.node().element != nullptr) path.element = item.node().element;
    visit(path, *item.node().value);
    return;
  }
  const std::size_t at = static_cast<std::size_t>(item.kind()) - 1;
  if (at >= types.size()) return;
  path.leaf = types[at];
  fhir::Json value;
  const std::string text = item.kind() == fhirpath::Item::Kind::boolean ? std::string() : text_of(item);
  if (item.kind() == fhirpath::Item::Kind::boolean) {
    value.set_boolean(item.boolean());
  } else {
    value.set_string(text);
  }
  visit(path, value);
}

// Of a parameter with an expression.
template <class Visit>
bool values_computed(const Indexed& parameter, const fhir::Json& resource, Visit& visit) {
  fhir::Arena arena;
  fhirpath::Context context{arena};
  if (parameter.failed != 0) context.limits = kCustomLimits;
  const fhirpath::Node root = fhirpath::root_node(resource, *parameter.from);
  const auto found = parameter.expression->evaluate(root, context);
  if (!found) return false;
  for (const fhirpath::Item& item : *found) visit_item(item, visit);
  return true;
}
}  // namespace detail

// False: the expression cannot be evaluated on this resource. Nothing was visited then.
template <class Visit>
bool for_values(const Indexed& parameter, const fhir::Json& resource, Visit&& visit) {
  if (parameter.expression) return detail::values_computed(parameter, resource, visit);
  for (const Path& path : parameter.paths) {
    walk(path, resource, [&](const fhir::Json& value) { visit(path, value); });
  }
  return true;
}

}  // namespace yilian::records
