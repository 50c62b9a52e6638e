#include "engine/validation/elements.h"

#include <algorithm>

namespace yilian::validation {
namespace {

using fhir::Json;
using fhirpath::Node;

const Json* holder(const Node& node) { return node.is_primitive() ? node.extra : node.value; }

void add(Node child, fhir::Arena& arena, Nodes& out) {
  if (child.value && child.value->is_null()) child.value = nullptr;
  if (child.extra && child.extra->is_null()) child.extra = nullptr;
  if (!child.value && !child.extra) return;
  if (child.type->kind == fhir::Type::Kind::resource && child.value) {
    if (const fhir::Type* named = fhir::resource_type(child.value->text_at("resourceType"))) child.type = named;
  }
  out.push_back(&fhirpath::keep(arena, child));
}

}  // namespace

Nodes children_of(const Node& parent, std::string_view name, fhir::Arena& arena) {
  Nodes out;
  const Json* object = holder(parent);
  const fhir::Element* element = parent.type->find(name);
  if (!object || !object->is_object() || !element) return out;
  const fhir::MemberName* found = nullptr;
  const Json* values[2]{};  // the value, and the "_name" beside it
  for (const fhir::Member& member : object->members()) {
    const bool beside = member.name.starts_with('_');
    const fhir::MemberName* each = parent.type->members->find(beside ? member.name.substr(1) : member.name);
    if (!each || each->element != element || (found && found != each)) continue;
    found = each;
    values[beside ? 1 : 0] = &member.value;
  }
  if (!found) return out;
  Node child{values[0], values[1], found->type, element, &parent, Node::kNoIndex};
  const bool list = (values[0] && values[0]->is_array()) || (values[1] && values[1]->is_array());
  if (!list) {
    add(child, arena, out);
    return out;
  }
  const auto all = values[0] ? values[0]->items() : std::span<const Json>();
  const auto extras = values[1] ? values[1]->items() : std::span<const Json>();
  for (std::size_t i = 0; i < std::max(all.size(), extras.size()); ++i) {
    child.value = i < all.size() ? &all[i] : nullptr;
    child.extra = i < extras.size() ? &extras[i] : nullptr;
    child.index = static_cast<std::uint32_t>(i);
    add(child, arena, out);
  }
  return out;
}

fhir::ElementSet presence_of(const Node& node) {
  fhir::ElementSet present;
  const Json* object = holder(node);
  if (!object || !object->is_object()) return present;
  for (const fhir::Member& member : object->members()) {
    const std::string_view name = member.name.starts_with('_') ? member.name.substr(1) : member.name;
    if (const fhir::MemberName* found = node.type->members->find(name)) present.set(found->element->order);
  }
  return present;
}

}  // namespace yilian::validation
