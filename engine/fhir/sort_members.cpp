#include "engine/fhir/check.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/member_order.h"

namespace yilian::fhir {
namespace {

void sort_object(Json& object, const Type& type);

void sort_value(Json& value, const Type& type) {
  if (type.kind == Type::Kind::resource)
    return sort_members(value);  // contained, Bundle.entry.resource: of whatever type it says
  sort_object(value, type);
}

void sort_object(Json& object, const Type& type) {
  const std::span<Member> members = object.members();
  MemberOrder order(type, members);
  order.sort(members);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const MemberName* found = order[i].found;
    if (!found || (found->type->kind == Type::Kind::primitive && !order[i].sibling)) continue;
    if (members[i].value.is_array()) {
      for (Json& item : members[i].value.items()) sort_value(item, *found->type);
    } else {
      sort_value(members[i].value, *found->type);
    }
  }
}

}  // namespace

void sort_members(Json& resource) {
  if (const Type* found = resource_type(resource.text_at("resourceType"))) sort_object(resource, *found);
}

}  // namespace yilian::fhir
