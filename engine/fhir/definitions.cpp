#include "engine/fhir/definitions.h"

#include <algorithm>

#include "engine/fhir/definitions_reader.h"
#include "engine/fhir/member_table.h"

namespace yilian::embedded {
std::string_view fhir_r4();
}

namespace yilian::fhir {
namespace {

const Definitions& definitions() {
  // Never destroyed: other static objects may hold views into it until the very end.
  static const Definitions* const read = [] {
    auto* made = new Definitions;
    read_definitions(embedded::fhir_r4(), *made);
    return made;
  }();
  return *read;
}

}  // namespace

const Element* Type::find(std::string_view wanted) const {
  const auto found = std::ranges::find(elements, wanted, &Element::name);
  return found == elements.end() ? nullptr : &*found;
}

const Type* type(std::string_view name) {
  const auto& types = definitions().types;
  const auto found = types.find(name);
  return found == types.end() ? nullptr : found->second;
}

std::span<const Type* const> resource_types() { return definitions().resource_types; }

bool is_resource_type(std::string_view name) {
  const Type* found = type(name);
  return found && found->kind == Type::Kind::resource && !found->abstract_type;
}

std::string_view json_name(const Element& element, const Type& type) {
  const auto found = std::ranges::find(element.types, &type);
  if (found == element.types.end()) return {};
  return element.json_names[static_cast<std::size_t>(found - element.types.begin())];
}

Found find_json(const Type& in, std::string_view json_member) {
  const MemberName* found = in.members->find(json_member);
  return found ? Found{found->element, found->type} : Found{};
}

std::span<const SearchParameter> search_parameters(std::string_view resource_type) {
  const auto& all = definitions().parameters;
  const auto found = all.find(resource_type);
  return found == all.end() ? std::span<const SearchParameter>() : found->second;
}

const SearchParameter* search_parameter(std::string_view resource_type, std::string_view code) {
  const std::span<const SearchParameter> all = search_parameters(resource_type);
  const auto found = std::ranges::lower_bound(all, code, {}, &SearchParameter::code);
  return found == all.end() || found->code != code ? nullptr : &*found;
}

bool valid_primitive(std::string_view type, std::string_view text) {
  return valid_primitive(primitive_named(type), text);
}

}  // namespace yilian::fhir
