#pragma once
// A search parameter as a client defines it: what of a SearchParameter counts for the index.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhir/json.h"
#include "engine/records/index_plan.h"

namespace yilian::records {

struct CustomDefinition {
  std::string code, url, expression;
  Kind kind{};
  std::vector<std::string_view> bases;    // names of the definitions: types, or "Resource" and "DomainResource"
  std::vector<std::string_view> targets;  // of a reference; empty: any
  struct Component {
    std::string url, expression;
    Kind kind{};
    bool operator==(const Component&) const = default;
  };
  std::vector<Component> components;  // of a composite
  Allowed allowed;

  bool is_of(const fhir::Type& type) const;
  std::vector<const fhir::Type*> types() const;           // the concrete ones
  bool has_rows_of(const CustomDefinition& other) const;  // of a resource both give the same
  bool operator==(const CustomDefinition&) const = default;
};

// Of a SearchParameter, or of what text_of() gave. The kinds of components stand only in the latter. Errors:
// required_missing, bad_value, unsupported, too_large, with the element.
Result<CustomDefinition> read_definition(const fhir::Json& resource);
std::string text_of(const CustomDefinition& definition);

}  // namespace yilian::records
