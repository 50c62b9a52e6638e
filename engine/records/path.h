#pragma once
// The expressions of R4's search parameters, compiled: `a.b`, unions, `as`, `ofType`, `where(x = 'y')`,
// `where(resolve() is X)`, `extension('url')`, `[n]`.

#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::records {

struct Step {
  std::string_view member;    // of the JSON object
  int index = -1;             // only this item of the list
  std::string filter_member;  // only items whose member…
  std::string filter_value;   // …has this text
  bool operator==(const Step&) const = default;
};

// One way through a resource. A choice of types is several paths.
struct Path {
  std::vector<Step> steps;
  const fhir::Type* leaf = nullptr;        // the data type at its end
  const fhir::Element* element = nullptr;  // the element at its end
  std::string_view target;                 // of `resolve() is X`: only references to X
  bool repeats = false;                    // it may come to several values
};

// The parts of a union, trimmed: what `|` parts outside of brackets and quotes.
std::vector<std::string_view> union_parts(std::string_view expression);

// Nothing for an expression that is more than the above (a few of R4's are: deceased.exists(), …); those are not
// searched by.
std::vector<Path> compile_path(const fhir::Type& type, std::string_view expression);
// The same from a value of the type on: `value.as(Quantity)`, of a composite's component.
std::vector<Path> compile_relative(const fhir::Type& type, std::string_view expression);

namespace detail {

template <class Visit>
void walk_from(const Path& path, std::size_t step, const fhir::Json& value, Visit& visit);

template <class Visit>
void walk_item(const Path& path, std::size_t step, const fhir::Json& item, Visit& visit) {
  const Step& at = path.steps[step];
  if (!at.filter_member.empty() && item.text_at(at.filter_member) != at.filter_value) return;
  walk_from(path, step + 1, item, visit);
}

// `value` is what the step's member holds.
template <class Visit>
void walk_member(const Path& path, std::size_t step, const fhir::Json& value, Visit& visit) {
  if (!value.is_array()) return walk_item(path, step, value, visit);
  const auto items = value.items();
  const int only = path.steps[step].index;
  if (only >= 0) {
    if (static_cast<std::size_t>(only) < items.size())
      walk_item(path, step, items[static_cast<std::size_t>(only)], visit);
    return;
  }
  for (const fhir::Json& item : items) walk_item(path, step, item, visit);
}

template <class Visit>
void walk_from(const Path& path, std::size_t step, const fhir::Json& value, Visit& visit) {
  if (step == path.steps.size()) {
    visit(value);
  } else if (const fhir::Json* member = value.find(path.steps[step].member); member != nullptr) {
    walk_member(path, step, *member, visit);
  }
}

}  // namespace detail

// Calls `visit` for every value at the end of the path.
template <class Visit>
void walk(const Path& path, const fhir::Json& resource, Visit&& visit) {
  detail::walk_from(path, 0, resource, visit);
}

// The same where the member of the first step is at hand.
template <class Visit>
void walk_on(const Path& path, const fhir::Json& first_member, Visit&& visit) {
  detail::walk_member(path, 0, first_member, visit);
}

}  // namespace yilian::records
