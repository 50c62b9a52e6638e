#include "engine/fhirpath/type_names.h"

#include <algorithm>
#include <array>

namespace yilian::fhirpath {
namespace {

constexpr std::array<std::string_view, 9> kSystem{"Boolean",  "Integer", "Decimal",  "String", "Date",
                                                  "DateTime", "Time",    "Quantity", "Any"};

std::optional<System> system_named(std::string_view name) {
  const auto found = std::ranges::find(kSystem, name);
  if (found == kSystem.end()) return std::nullopt;
  return static_cast<System>(found - kSystem.begin());
}

// Of a value that is no node; type information is of no type here.
std::optional<System> system_of(const Item& item) {
  if (item.is_node() || item.kind() == Item::Kind::type) return std::nullopt;
  return static_cast<System>(static_cast<int>(item.kind()) - 1);
}

bool is_system(const Item& item, const TypeSpecifier& wanted) {
  const auto mine = system_of(item);
  return mine && wanted.system && (*wanted.system == System::any || *wanted.system == *mine);
}

}  // namespace

Result<TypeSpecifier> find_type(std::string_view space, std::string_view name) {
  TypeSpecifier found;
  if (space != "System") found.fhir = fhir::type(name);
  if (space != "FHIR") found.system = system_named(name);
  if (!found.fhir && !found.system && space != "System") {
    return fail(
        Code::bad_value, "There is no type '" + std::string(name) + "'", "",
        "Use a type of FHIR R4, or one of System: Boolean, Integer, Decimal, String, Date, DateTime, Time, Quantity");
  }
  return found;
}

bool is_of(const fhir::Type& type, const fhir::Type& wanted) {
  for (const fhir::Type* each = &type; each; each = each->base) {
    if (each == &wanted) return true;
  }
  return false;
}

bool is_of(const Item& item, const TypeSpecifier& wanted) {
  if (item.is_node()) return wanted.fhir && is_of(*item.node().type, *wanted.fhir);
  return is_system(item, wanted);
}

bool is_kept_as(const fhir::Type& type, const fhir::Type& wanted) {
  if (type.kind == fhir::Type::Kind::primitive) return &type == &wanted;
  return is_of(type, wanted);
}

bool is_kept_as(const Item& item, const TypeSpecifier& wanted) {
  if (item.is_node()) return wanted.fhir && is_kept_as(*item.node().type, *wanted.fhir);
  return is_system(item, wanted);
}

}  // namespace yilian::fhirpath
