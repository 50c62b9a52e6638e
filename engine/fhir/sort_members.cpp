#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "engine/fhir/check.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/member_table.h"

namespace yilian::fhir {
namespace {

struct Placed {
  std::uint32_t rank;
  std::uint32_t from;  // index before sorting
};

constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

void sort_object(Json& object, const Type& type);

void sort_value(Json& value, const Type& type) {
  if (type.kind == Type::Kind::resource)
    return sort_members(value);  // contained, Bundle.entry.resource: of whatever type it says
  sort_object(value, type);
}

// Ranks: resourceType, then each element by its order with "_x" right behind "x", then what nobody knows.
std::uint32_t rank_and_descend(Member& member, const Type& type, const MemberName*& before) {
  const bool sibling = member.name.starts_with('_');
  const std::string_view name = sibling ? member.name.substr(1) : member.name;
  const MemberName* found = before && before->name == name ? before : type.members->find(name, before);
  if (!found) return type.kind == Type::Kind::resource && member.name == "resourceType" ? 0 : kLast;
  before = found;
  if (sibling || found->type->kind != Type::Kind::primitive) {
    if (member.value.is_array()) {
      for (Json& item : member.value.items()) sort_value(item, *found->type);
    } else {
      sort_value(member.value, *found->type);
    }
  }
  return static_cast<std::uint32_t>(type.members->order(*found) + 1) * 2 + (sibling ? 1 : 0);
}

void sort_object(Json& object, const Type& type) {
  const std::span<Member> members = object.members();
  if (members.empty()) return;
  constexpr std::size_t kFew = 40;
  std::array<Placed, kFew> few;
  std::vector<Placed> many;
  if (members.size() > kFew) many.resize(members.size());
  const std::span<Placed> placed =
      members.size() > kFew ? std::span<Placed>(many) : std::span<Placed>(few.data(), members.size());
  const MemberName* before = nullptr;
  bool sorted = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    placed[i] = {rank_and_descend(members[i], type, before), static_cast<std::uint32_t>(i)};
    if (i > 0 && placed[i].rank < placed[i - 1].rank) sorted = false;
  }
  if (sorted) return;
  std::ranges::sort(
      placed, [](const Placed& a, const Placed& b) { return a.rank != b.rank ? a.rank < b.rank : a.from < b.from; });
  // Follow each cycle of the permutation, so that no second array of members is needed.
  for (std::size_t i = 0; i < placed.size(); ++i) {
    if (placed[i].from == i) continue;
    const Member saved = members[i];
    std::size_t to = i;
    for (std::size_t from = placed[to].from; from != i; from = placed[to].from) {
      members[to] = members[from];
      placed[to].from = static_cast<std::uint32_t>(to);
      to = from;
    }
    members[to] = saved;
    placed[to].from = static_cast<std::uint32_t>(to);
  }
}

}  // namespace

void sort_members(Json& resource) {
  const Type* found = type(resource.text_at("resourceType"));
  if (found && found->kind == Type::Kind::resource) sort_object(resource, *found);
}

}  // namespace yilian::fhir
