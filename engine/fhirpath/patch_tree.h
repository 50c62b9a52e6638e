#pragma once
// The tree that a patch changes: where an element's values lie in JSON, and how one is put, added and taken away.

#include <string_view>

#include "engine/fhirpath/item.h"

namespace yilian::fhirpath {

// What is to be written: the value and, of a primitive, the "_name" beside it; one of them may be nullptr.
struct PatchValue {
  const fhir::Type* type = nullptr;  // nullptr: of the parts of a backbone element
  const fhir::Json* value = nullptr;
  const fhir::Json* extra = nullptr;
};

class PatchTree {
 public:
  PatchTree(fhir::Json& root, fhir::Arena& arena) : root_(root), arena_(arena) {}

  const fhir::Json& root() const { return root_; }

  // The object in which the children of a node are members; of a primitive its "_name", made when it is not there.
  fhir::Json& holder(const Node& node);
  // How many values an element has there; 0 or 1 of one that does not repeat.
  static std::size_t count(const fhir::Json& object, const fhir::Element& element, std::string_view name);
  static bool has(const fhir::Json& object, const fhir::Element& element);

  void put(fhir::Json& object, std::string_view name, const PatchValue& value);  // does not repeat
  void insert(fhir::Json& object, std::string_view name, std::size_t index, const PatchValue& value);
  void replace(const Node& node, std::string_view name, const PatchValue& value);
  void move(fhir::Json& object, std::string_view name, std::size_t from, std::size_t to);
  // With what would be left empty around it.
  void remove(const Node& node);

 private:
  std::string_view beside(std::string_view name);  // "_name"
  void set(fhir::Json& object, std::string_view name, const fhir::Json* value);
  void insert_into(fhir::Json& object, std::string_view name, std::size_t count, std::size_t index,
                   const fhir::Json* value);
  void tidy(fhir::Json& object, std::string_view name);

  fhir::Json& root_;
  fhir::Arena& arena_;
};

}  // namespace yilian::fhirpath
