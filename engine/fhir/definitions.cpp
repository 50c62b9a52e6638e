#include "engine/fhir/definitions.h"

#include <algorithm>
#include <array>
#include <stdexcept>

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

// References, rows and resources name their types all the time: half a kilobyte that stays near the processor.
class ResourceTypes {
 public:
  explicit ResourceTypes(std::span<const Type* const> types) : types_(types) {
    if (types.size() > kSlots / 2) throw std::logic_error("FHIR definitions: too many resource types");
    for (const Type* each : types) {
      std::size_t slot = name_hash(each->name) % kSlots;
      while (slots_[slot] != 0) slot = (slot + 1) % kSlots;
      slots_[slot] = each->number;
    }
  }
  const Type* find(std::string_view name) const {
    for (std::size_t slot = name_hash(name) % kSlots; slots_[slot] != 0; slot = (slot + 1) % kSlots) {
      const Type* candidate = types_[slots_[slot] - 1U];
      if (same_name(candidate->name, name)) return candidate;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kSlots = 512;
  std::span<const Type* const> types_;
  std::array<std::uint8_t, kSlots> slots_{};  // open addressing: the type's number, 0 free
};

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

const Type* resource_type(std::string_view name) {
  static const ResourceTypes types(resource_types());
  return types.find(name);
}

bool is_resource_type(std::string_view name) { return resource_type(name) != nullptr; }

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

std::span<const std::string_view> compartment_parameters(std::string_view compartment, std::string_view resource_type) {
  const auto& all = definitions().compartments;
  const auto found = all.find(std::string(compartment).append("/").append(resource_type));
  return found == all.end() ? std::span<const std::string_view>() : found->second;
}

bool is_compartment(std::string_view name) {
  constexpr std::array<std::string_view, 5> names{"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"};
  return std::ranges::find(names, name) != names.end();
}

bool valid_primitive(std::string_view type, std::string_view text) {
  return valid_primitive(primitive_named(type), text);
}

}  // namespace yilian::fhir
