// From a node to what is below it.

#include <algorithm>

#include "engine/fhir/member_table.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

using fhir::Json;
using fhir::Member;
using fhir::Type;

const Type* resource_at(const Json& value, const Type& declared) {
  const Type* type = fhir::resource_type(value.text_at("resourceType"));
  return type ? type : &declared;
}

// One value, or each of a list, of an element. `extra`: the "_name" beside it.
void add_values(const Node& parent, const fhir::Element& element, const Type& declared, const Json* value,
                const Json* extra, fhir::Arena& arena, Collector& out) {
  Node node{value, extra, &declared, &element, &parent, Node::kNoIndex};
  const bool holds_resources = declared.kind == Type::Kind::resource;
  const auto add_one = [&] {
    if (node.value && node.value->is_null()) node.value = nullptr;
    if (node.extra && node.extra->is_null()) node.extra = nullptr;
    if (!node.value && !node.extra) return;
    if (holds_resources && node.value) node.type = resource_at(*node.value, declared);
    out.add(Item::of(keep(arena, node)));
  };
  const bool list = (value && value->is_array()) || (extra && extra->is_array());
  if (!list) return add_one();
  const auto values = value ? value->items() : std::span<const Json>();
  const auto extras = extra ? extra->items() : std::span<const Json>();
  for (std::size_t i = 0; i < std::max(values.size(), extras.size()); ++i) {
    node.value = i < values.size() ? &values[i] : nullptr;
    node.extra = i < extras.size() ? &extras[i] : nullptr;
    node.index = static_cast<std::uint32_t>(i);
    add_one();
  }
}

bool is_extra_of(std::string_view extra, std::string_view name) {
  return extra.size() == name.size() + 1 && extra.front() == '_' && extra.substr(1) == name;
}

// What holds the children in JSON: of a primitive the "_name".
const Json* holder(const Node& node) { return node.is_primitive() ? node.extra : node.value; }

void add_choice(const Node& parent, const fhir::Element& element, const Json& object, fhir::Arena& arena,
                Collector& out) {
  const Json* values[2]{};  // the value, and the "_value…" beside it
  const Type* type = nullptr;
  for (const Member& member : object.members()) {
    const bool beside = member.name.starts_with('_');
    const std::string_view name = beside ? member.name.substr(1) : member.name;
    if (name.size() <= element.name.size() || !name.starts_with(element.name)) continue;
    const fhir::Found found = fhir::find_json(*parent.type, name);
    if (found.element != &element || (type && type != found.type)) continue;
    type = found.type;
    values[beside ? 1 : 0] = &member.value;
  }
  if (type) add_values(parent, element, *type, values[0], values[1], arena, out);
}

}  // namespace

void Run::children_named(const Node& parent, const Step& step, Collector& out) {
  const Json* object = holder(parent);
  if (!object || !object->is_object() || !spend(object->size() / 16)) return;
  const fhir::Element* element = nullptr;
  for (const KnownElement& each : step.known) {
    if (each.in == parent.type) element = each.element;
  }
  if (!element) {
    if (const fhir::MemberName* found = parent.type->members->find(step.name)) {
      element = found->element->choice ? nullptr : found->element;
    } else {
      element = parent.type->find(step.name);
    }
    if (!element) return;
  }
  if (element->choice) return add_choice(parent, *element, *object, arena(), out);
  const Type& type = *element->types.front();
  const Json* value = nullptr;
  const Json* extra = nullptr;
  for (const Member& member : object->members()) {
    if (member.name == step.name) {
      value = &member.value;
      if (type.kind != Type::Kind::primitive) break;
    } else if (is_extra_of(member.name, step.name)) {
      extra = &member.value;
    }
  }
  if (!value && !extra) return;
  if (!spend(value && value->is_array() ? value->size() : 1)) return;
  add_values(parent, *element, type, value, extra, arena(), out);
}

void Run::all_children(const Node& parent, Collector& out) {
  const Json* object = holder(parent);
  if (!object || !object->is_object()) return;
  for (const Member& member : object->members()) {
    if (!spend(1 + (member.value.is_array() ? member.value.size() : 0))) return;
    std::string_view name = member.name;
    const Json* value = &member.value;
    const Json* extra = nullptr;
    const bool beside = name.starts_with('_');
    if (beside) name.remove_prefix(1);
    const fhir::Found found = fhir::find_json(*parent.type, name);
    if (!found.element || !spend(object->size() / 16)) continue;
    if (beside) {
      if (object->find(name)) continue;  // told with its value
      extra = std::exchange(value, nullptr);
    }
    if (value && found.type->kind == Type::Kind::primitive) {
      for (const Member& other : object->members()) {
        if (is_extra_of(other.name, name)) extra = &other.value;
      }
    }
    add_values(parent, *found.element, *found.type, value, extra, arena(), out);
  }
}

}  // namespace yilian::fhirpath
