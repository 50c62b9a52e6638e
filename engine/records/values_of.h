#pragma once
// The values of a search parameter in a resource, each with the path at whose end it is.

#include "engine/records/index_plan.h"

namespace yilian::records {

namespace detail {
// Of a parameter with an expression. What it does not answer counts as no value.
template <class Visit>
void values_computed(const Indexed& parameter, const fhir::Json& resource, Visit&& visit) {
  fhir::Arena arena;
  const auto found = parameter.expression->evaluate(resource, fhirpath::Context{arena});
  if (!found) return;
  for (const fhirpath::Item& item : *found) {
    static const fhir::Element plain{};
    Path path;
    path.element = &plain;
    if (item.is_node() && item.node().value != nullptr) {
      path.leaf = item.node().type;
      if (item.node().element != nullptr) path.element = item.node().element;
      visit(path, *item.node().value);
    } else if (item.kind() == fhirpath::Item::Kind::boolean) {
      path.leaf = fhir::type("boolean");
      fhir::Json value;
      value.set_boolean(item.boolean());
      visit(path, value);
    }
  }
}
}  // namespace detail

template <class Visit>
void for_values(const Indexed& parameter, const fhir::Json& resource, Visit&& visit) {
  if (parameter.expression) return detail::values_computed(parameter, resource, visit);
  for (const Path& path : parameter.paths) {
    walk(path, resource, [&](const fhir::Json& value) { visit(path, value); });
  }
}

}  // namespace yilian::records
