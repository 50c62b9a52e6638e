#pragma once
// What FHIR R4 says of its types, from the specification's own files, generated into definitions/fhir-r4.txt by
// tools/make-fhir-definitions.

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/fhir/primitive.h"

namespace yilian::fhir {

// Everything here is read once, at first use, and never changes or goes: pointers and views may be kept, and any thread
// may look.

struct Type;
class MemberTable;

// An element of a type. A choice value[x] is one element with several types; in JSON it is "valueQuantity",
// "valueString", …
struct Element {
  std::string_view name;  // "value" for value[x], "identifier"
  bool choice;
  bool list;      // max > 1
  bool required;  // min >= 1
  bool summary;   // isSummary
  bool modifier;
  std::uint16_t order;                        // position within its type: the order in which JSON members are written
  std::span<const Type* const> types;         // data types, or the one backbone type of its own
  std::span<const std::string_view> targets;  // resource types that a Reference may point to; empty: any
  std::span<const std::string_view> codes;    // sorted codes of a required binding; empty when too many to list
  std::string_view binding;  // canonical of the bound value set with its strength, "required http://…"; may be empty
  std::span<const std::string_view> systems;     // code systems that `codes` are of
  std::span<const std::string_view> json_names;  // beside `types`: "valueQuantity", "valueString"
};

struct Type {
  std::string_view name;  // "Patient", "HumanName", "string", "Patient.contact" (backbone)
  enum class Kind : std::uint8_t { resource, complex, primitive, backbone } kind;
  bool abstract_type;
  std::uint8_t number;  // of a concrete resource type: 1… by name; else 0
  const Type* base;
  // With the inherited ones, in order; of a primitive only id and extension, which JSON has within "_name".
  std::span<const Element> elements;
  Primitive primitive = Primitive::none;
  const MemberTable* members = nullptr;              // for find_json
  const Element* find(std::string_view name) const;  // by FHIR name: "value" finds value[x]
};

const Type* type(std::string_view name);        // nullptr when R4 has no such type
std::span<const Type* const> resource_types();  // concrete ones, by name
const Type* resource_type(std::string_view name);  // a concrete one, quicker than type(); else nullptr
bool is_resource_type(std::string_view name);

// The JSON member name of an element for one of its types: "valueQuantity". Empty when it cannot be of that type.
std::string_view json_name(const Element& element, const Type& type);
// From a JSON member name to the element and the type meant: "valueQuantity" -> value[x], Quantity. Nothing for
// "resourceType", and for "_birthDate" neither: that holds the id and extensions of "birthDate".
struct Found {
  const Element* element = nullptr;
  const Type* type = nullptr;
};
Found find_json(const Type& in, std::string_view json_member);

struct SearchParameter {
  std::string_view code;  // "subject"
  enum class Kind : std::uint8_t { number, date, string, token, reference, composite, quantity, uri, special } kind;
  std::string_view expression;  // FHIRPath, the part for this base type only; empty where R4 gives none (_text, …)
  std::span<const std::string_view> targets;  // of a reference; empty: any
  std::string_view url;
  struct Component {
    std::string_view url;         // of the search parameter that it is like
    std::string_view expression;  // FHIRPath, from a match of the composite's own expression on
  };
  std::span<const Component> components;  // of a composite, in the order of its values
};
// With those of Resource and DomainResource; by code. Of "Resource": what every type has. Empty for a name that is no
// resource type.
std::span<const SearchParameter> search_parameters(std::string_view resource_type);
const SearchParameter* search_parameter(std::string_view resource_type, std::string_view code);

// The search parameters by which resources of a type belong to a compartment ("Patient"); "{def}": the compartment's own
// resource does. Empty: none of the type does.
std::span<const std::string_view> compartment_parameters(std::string_view compartment, std::string_view resource_type);
bool is_compartment(std::string_view name);  // Patient, Encounter, Device, Practitioner, RelatedPerson

// Checks of primitive text by type ("date", "dateTime", "instant", "time", "id", "code", "uri", "decimal", "integer",
// "boolean", "base64Binary", …).
bool valid_primitive(std::string_view type, std::string_view text);

}  // namespace yilian::fhir
