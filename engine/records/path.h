#pragma once
// The expressions of R4's search parameters, compiled: `a.b`, unions, `as`, `ofType`, `where(x = 'y')`, `where(resolve() is X)`, `[n]`.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::records {

struct Step {
  std::string_view member;       // of the JSON object
  int index = -1;                // only this item of the list
  std::string filter_member;     // only items whose member…
  std::string filter_value;      // …has this text
  bool operator==(const Step&) const = default;
};

// One way through a resource. A choice of types is several paths.
struct Path {
  std::vector<Step> steps;
  const fhir::Type* leaf = nullptr;        // the data type at its end
  const fhir::Element* element = nullptr;  // the element at its end
  std::string_view target;                 // of `resolve() is X`: only references to X
};

// Nothing for an expression that is more than the above (a few of R4's are: deceased.exists(), …); those are not searched by.
std::vector<Path> compile_path(const fhir::Type& type, std::string_view expression);

// Calls `visit` for every value at the end of the path.
void walk(const Path& path, const fhir::Json& resource, const std::function<void(const fhir::Json&)>& visit);

}  // namespace yilian::records
