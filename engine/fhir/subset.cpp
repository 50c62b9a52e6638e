#include "engine/fhir/subset.h"

#include <algorithm>

#include "engine/fhir/definitions.h"
#include "engine/fhir/member_table.h"

namespace yilian::fhir {
namespace {

using Summary = Subset::Summary;

std::string_view value_name(std::string_view member) { return member.substr(member.starts_with('_') ? 1 : 0); }

const MemberName* find_member(const Type& type, std::string_view member) { return type.members->find(value_name(member)); }

template <class Keep>
void keep_members(Json& object, Keep keep) {
  std::vector<std::string_view> gone;
  for (Member& member : object.members()) {
    if (!keep(member)) gone.push_back(member.name);
  }
  for (const std::string_view name : gone) object.remove(name);
}

void summarize(Json& object, const Type& type);

// False: nothing of it is left.
bool summarize_value(Json& value, const Type& type) {
  if (!value.is_object() || type.kind == Type::Kind::primitive || type.kind == Type::Kind::resource) return true;
  summarize(value, type);
  return value.size() > 0;
}

void summarize(Json& object, const Type& type) {
  keep_members(object, [&type](Member& member) {
    const MemberName* found = find_member(type, member.name);
    if (!found) return member.name == "resourceType";
    const Element& element = *found->element;
    if (!element.summary && !element.required && !element.modifier) return false;
    if (!member.value.is_array()) return summarize_value(member.value, *found->type);
    for (std::size_t i = 0; i < member.value.size();) {
      if (summarize_value(member.value.items()[i], *found->type)) {
        ++i;
      } else {
        member.value.remove_item(i);
      }
    }
    return member.value.size() > 0;
  });
}

bool wanted(const Subset& subset, const Type& type, const MemberName& found) {
  return std::ranges::any_of(subset.elements, [&](const Subset::Wanted& each) {
    return (each.type.empty() || each.type == type.name) && (each.element == found.element->name || each.element == found.name);
  });
}

bool concerns(const Subset& subset, const Type& type) {
  return std::ranges::any_of(subset.elements,
                             [&](const Subset::Wanted& each) { return each.type.empty() || each.type == type.name; });
}

bool stays(const Subset& subset, const Type& type, std::string_view member) {
  const MemberName* found = find_member(type, member);
  if (!found) return member == "resourceType";
  const Element& element = *found->element;
  if (element.name == "id" || element.name == "meta") return true;
  if (subset.summary == Summary::data) return element.name != "text";
  if (element.required) return true;
  if (subset.summary == Summary::text) return element.name == "text";
  return element.modifier || wanted(subset, type, *found);
}

void tag(Json& resource, Arena& arena) {
  constexpr std::string_view kSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
  Json& meta = resource.member(arena, "meta");
  if (!meta.is_object()) meta.set_object();
  Json& tags = meta.member(arena, "tag");
  if (!tags.is_array()) tags.set_array();
  const bool there = std::ranges::any_of(tags.items(), [&](const Json& each) {
    return each.text_at("code") == "SUBSETTED" && each.text_at("system") == kSystem;
  });
  if (there) return;
  Json& added = tags.append(arena);
  added.set_object();
  added.add(arena, "system").set_string(kSystem);
  added.add(arena, "code").set_string("SUBSETTED");
}

bool has_element(const Type& type, std::string_view name) {
  return type.find(name) != nullptr || type.members->find(name) != nullptr;
}

}  // namespace

Result<Subset> read_subset(std::string_view summary, std::string_view elements, std::string_view type) {
  Subset subset;
  if (summary == "true") {
    subset.summary = Summary::summary;
  } else if (summary == "text") {
    subset.summary = Summary::text;
  } else if (summary == "data") {
    subset.summary = Summary::data;
  } else if (!summary.empty() && summary != "false" && summary != "count") {
    return fail(Code::bad_value, "'" + std::string(summary.substr(0, 40)) + "' is no kind of summary", "_summary",
                "Use true, text, data, count or false");
  }
  if (subset.summary != Summary::none && !elements.empty()) {
    return fail(Code::bad_value, "cannot be asked for together with _summary", "_elements");
  }
  const Type* searched = resource_type(type);
  while (!elements.empty()) {
    const std::size_t end = std::min(elements.find(','), elements.size());
    std::string_view name = elements.substr(0, end);
    elements.remove_prefix(std::min(end + 1, elements.size()));
    Subset::Wanted wanted;
    if (const std::size_t dot = name.find('.'); dot != std::string_view::npos && is_resource_type(name.substr(0, dot))) {
      wanted.type = name.substr(0, dot);
      name.remove_prefix(dot + 1);
    }
    wanted.element = name;
    const Type* of = wanted.type.empty() ? searched : resource_type(wanted.type);
    if (of != nullptr && !has_element(*of, name)) {
      return fail(Code::bad_value, "'" + std::string(name.substr(0, 80)) + "' is no element of " + std::string(of->name), "_elements",
                  "Name elements of the resource itself, without what is within them");
    }
    subset.elements.push_back(std::move(wanted));
  }
  return subset;
}

void keep_subset(Json& resource, const Subset& subset, Arena& arena) {
  const Type* type = resource_type(resource.text_at("resourceType"));
  if (!type || subset.whole()) return;
  if (subset.summary == Summary::summary) {
    summarize(resource, *type);
  } else {
    if (subset.summary == Summary::none && !concerns(subset, *type)) return;
    keep_members(resource, [&](const Member& member) { return stays(subset, *type, member.name); });
  }
  tag(resource, arena);
}

}  // namespace yilian::fhir
