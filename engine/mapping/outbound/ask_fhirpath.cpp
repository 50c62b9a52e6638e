// fhirpath("…"): FHIRPath on the element that a rule stands on.

#include <algorithm>

#include "engine/mapping/outbound/evaluate.h"

namespace yilian::mapping::outbound {
namespace {

constexpr std::uint64_t kMostSteps = 500'000;  // of one evaluation
constexpr std::size_t kMostTroubles = 100;

// resolve() finds what `->` finds.
class GraphServices final : public fhirpath::Services {
 public:
  GraphServices(const Graph& graph, const Resource* from) : graph_(graph), from_(from) {}
  const fhir::Json* resolve(std::string_view reference) override {
    const Resource* const to = from_ == nullptr ? nullptr : graph_.find(reference, *from_);
    return to == nullptr ? nullptr : to->json;
  }

 private:
  const Graph& graph_;
  const Resource* from_;
};

// The FHIR type whose values are written as HL7 writes those of a System type.
const fhir::Type* type_of(fhirpath::Item::Kind kind) {
  using Kind = fhirpath::Item::Kind;
  switch (kind) {
    case Kind::boolean:
      return fhir::type("boolean");
    case Kind::integer:
      return fhir::type("integer");
    case Kind::decimal:
      return fhir::type("decimal");
    case Kind::date:
      return fhir::type("date");
    case Kind::date_time:
      return fhir::type("dateTime");
    case Kind::time:
      return fhir::type("time");
    default:
      return fhir::type("string");
  }
}

}  // namespace

std::optional<fhirpath::Collection> Evaluator::evaluate(const FhirPath& asked, const Item& here) {
  GraphServices services(graph_, here.of);
  fhirpath::Context context{arena_};
  context.services = &services;
  context.now = instant;
  context.limits.steps = kMostSteps;
  if (here.of != nullptr) {
    context.resource = &fhirpath::keep(arena_, fhirpath::root_node(*here.of->json));
    if (here.of->outer != nullptr) context.root_resource = &fhirpath::keep(arena_, fhirpath::root_node(*here.of->outer->json));
  }
  const bool resource = asked.on == nullptr || asked.on->kind == fhir::Type::Kind::resource;
  if (here.value == nullptr && (here.aside == nullptr || resource)) return std::nullopt;
  fhirpath::Node node;
  if (resource) {
    node = fhirpath::root_node(*here.value);
  } else {
    node.value = here.value;
    node.extra = here.aside;
    node.type = asked.on;
  }
  const auto found = asked.expression.evaluate(fhirpath::keep(arena_, node), context);
  if (found) return *found;
  const std::string text(asked.expression.text());
  const bool known = std::any_of(troubles.begin(), troubles.end(), [&](const Trouble& each) {
    return each.of == here.of && each.expression == text;
  });
  if (!known && troubles.size() < kMostTroubles) troubles.push_back({here.of, text, found.error().line()});
  return std::nullopt;
}

// Of what resolve() has found the other resource.
const Resource* Evaluator::owner(const fhirpath::Node& node) {
  const fhirpath::Node* const resource = fhirpath::resource_of(node);
  if (resource == nullptr) return nullptr;
  if (owners_.empty()) {
    for (const Resource& each : graph_.all()) owners_.emplace(each.json, &each);
  }
  const auto found = owners_.find(resource->value);
  return found == owners_.end() ? nullptr : found->second;
}

// An element stays what it is; a value that was computed becomes one that stands in no resource.
Item Evaluator::item_of(const fhirpath::Item& found, const Item& here) {
  if (found.is_node()) {
    const fhirpath::Node& node = found.node();
    const Resource* const of = owner(node);
    return {node.value, node.extra, of == nullptr ? here.of : of, node.type};
  }
  auto* const json = new (arena_.allocate(sizeof(fhir::Json), alignof(fhir::Json))) fhir::Json();
  json->set_string(arena_.copy(fhirpath::text_of(found)));
  return {json, nullptr, here.of, type_of(found.kind())};
}

void Evaluator::ask(const FhirPath& asked, const Item& here, std::vector<Item>& out) {
  const auto found = evaluate(asked, here);
  if (!found) return;
  for (const fhirpath::Item& each : *found) out.push_back(item_of(each, here));
}

// A Boolean is what it says; anything else holds when it is there.
bool Evaluator::holds(const FhirPath& asked, const Item& here) {
  const auto found = evaluate(asked, here);
  if (!found || found->empty()) return false;
  fhirpath::Item value = found->front();
  const bool single = found->size() == 1 && fhirpath::system_value(found->front(), arena_, value);
  const bool boolean = single && value.kind() == fhirpath::Item::Kind::boolean;
  return !boolean || value.boolean();
}

}  // namespace yilian::mapping::outbound
