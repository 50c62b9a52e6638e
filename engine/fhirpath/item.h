#pragma once
// What a collection holds: nodes of a resource, which stay where they are, and values of the System types.

#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/fhirpath/decimal.h"
#include "engine/fhirpath/temporal.h"

namespace yilian::fhirpath {

struct Quantity {
  Decimal value;
  std::string_view unit;  // a code of UCUM ("mg", "1"), or of a calendar duration its singular ("week")

  std::string text() const;  // "1.5 'mg'", "1 week", "2 weeks"
};

// An element of a resource: a handle to its JSON, with its type and its place.
struct Node {
  static constexpr std::uint32_t kNoIndex = std::numeric_limits<std::uint32_t>::max();

  const fhir::Json* value = nullptr;       // nullptr: a primitive that has only id or extensions
  const fhir::Json* extra = nullptr;       // of a primitive the "_name" beside it; may be nullptr
  const fhir::Type* type = nullptr;        // never the abstract Resource when the JSON names a type that R4 has
  const fhir::Element* element = nullptr;  // nullptr: where the walk began
  const Node* parent = nullptr;
  std::uint32_t index = kNoIndex;  // in its list

  bool is_primitive() const { return type->kind == fhir::Type::Kind::primitive; }
};

enum class System : std::uint8_t { boolean, integer, decimal, string, date, date_time, time, quantity, any };

// What type() gives.
struct TypeName {
  std::string_view space;  // "System", "FHIR"
  std::string_view name;
};

class Item {
 public:
  enum class Kind : std::uint8_t { node, boolean, integer, decimal, string, date, date_time, time, quantity, type };

  // What is pointed to has to outlive the item; the arena of an evaluation does.
  static Item of(const Node& node) { return Item(Kind::node, &node); }
  static Item of(bool value) {
    Item made(Kind::boolean, nullptr);
    made.integer_ = value ? 1 : 0;
    return made;
  }
  static Item of_integer(std::int64_t value) {
    Item made(Kind::integer, nullptr);
    made.integer_ = value;
    return made;
  }
  static Item of_text(std::string_view text) {
    Item made(Kind::string, text.data());
    made.size_ = static_cast<std::uint32_t>(text.size());
    return made;
  }
  static Item of(const Decimal& value) { return Item(Kind::decimal, &value); }
  static Item of(const Temporal& value) {
    constexpr Kind kinds[]{Kind::date, Kind::date_time, Kind::time};
    return Item(kinds[static_cast<std::size_t>(value.kind)], &value);
  }
  static Item of(const Quantity& value) { return Item(Kind::quantity, &value); }
  static Item of(const TypeName& value) { return Item(Kind::type, &value); }

  Kind kind() const { return kind_; }
  bool is_node() const { return kind_ == Kind::node; }
  bool is_temporal() const { return kind_ == Kind::date || kind_ == Kind::date_time || kind_ == Kind::time; }
  bool is_number() const { return kind_ == Kind::integer || kind_ == Kind::decimal; }

  // Each only of its kind.
  const Node& node() const { return *static_cast<const Node*>(pointer_); }
  bool boolean() const { return integer_ != 0; }
  std::int64_t integer() const { return integer_; }
  std::string_view text() const { return {static_cast<const char*>(pointer_), size_}; }
  const Decimal& decimal() const { return *static_cast<const Decimal*>(pointer_); }
  const Temporal& temporal() const { return *static_cast<const Temporal*>(pointer_); }
  const Quantity& quantity() const { return *static_cast<const Quantity*>(pointer_); }
  const TypeName& type() const { return *static_cast<const TypeName*>(pointer_); }

 private:
  Item(Kind kind, const void* pointer) : kind_(kind), pointer_(pointer) {}

  Kind kind_;
  std::uint32_t size_ = 0;
  union {
    const void* pointer_;
    std::int64_t integer_;
  };
};

// Handles into an arena, in order; never changed once made.
using Collection = std::span<const Item>;

template <class T>
const T& keep(fhir::Arena& arena, const T& value) {
  return *new (arena.allocate(sizeof(T), alignof(T))) T(value);
}

// The value of a primitive or Quantity as the standard converts it (FHIR R4, fhirpath.html#types), and what is no node
// as it is. `false`: there is none (a complex element, a primitive with extensions only).
bool system_value(const Item& item, fhir::Arena& arena, Item& value);

// "1.50", "2015-02-04", "true": what toString() gives; of a complex element nothing.
std::string text_of(const Item& item);
// "FHIR.code", "System.Integer".
std::string type_of(const Item& item);

// The node where an evaluation begins: a resource, or any element whose type is told. Nothing in it is copied.
Node root_node(const fhir::Json& resource);
Node root_node(const fhir::Json& value, const fhir::Type& type);
// "Observation.component[1].value.ofType(Quantity)" is Observation.component[1].value: the names of elements, an index
// where they may repeat (fhirpath.html of the FHIRPath subset that OperationOutcome.expression asks for).
std::string place_of(const Node& node);
// The name in JSON: "valueQuantity". Empty for a root.
std::string_view json_name_of(const Node& node);
// The resource that the node is in (itself, when it is one); nullptr when the walk did not begin at a resource.
const Node* resource_of(const Node& node);

}  // namespace yilian::fhirpath
