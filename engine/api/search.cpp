#include "engine/api/search.h"

#include <algorithm>

#include "engine/api/bundle.h"
#include "engine/fhir/check.h"

namespace yilian::api {

std::string subset_of(std::string body, const fhir::Subset& subset) {
  if (subset.whole()) return body;
  fhir::Arena arena(body.size() * 2 + 4096);
  const auto resource = fhir::read_json(body, arena, {.depth = fhir::kDeepest, .bytes = body.size()});
  if (!resource) return body;
  fhir::keep_subset(**resource, subset, arena);
  fhir::sort_members(**resource);
  return fhir::write_json(**resource);
}

namespace {

// Whether the store searches by it, whatever its modifier or chain. What begins with "_" is never passed over: it is no
// criterion that a server may lack, and more of an answer than was asked for does harm.
bool is_known(const std::vector<records::Searchable>& known, std::string_view name) {
  const std::string_view code = name.substr(0, name.find_first_of(":."));
  return code.starts_with('_') || std::ranges::find(known, code, &records::Searchable::code) != known.end();
}

}  // namespace

Result<std::string> search_and_show(database::Connection& connection, const std::string& type, const records::Parameters& parameters,
                                    const std::string& base, Preferences::Handling handling) {
  records::Parameters asked;
  records::Parameters shown;  // what the links have to say again
  std::string summary;
  std::string elements;
  const bool lenient = handling == Preferences::Handling::lenient;
  const auto known = lenient ? records::searchable(type) : std::vector<records::Searchable>();
  for (const auto& [name, value] : parameters) {
    if (lenient && !is_known(known, name)) continue;
    if (name == "_elements" || (name == "_summary" && value != "count")) {
      (name == "_elements" ? elements : summary) = value;
      shown.emplace_back(name, value);
    } else {
      asked.emplace_back(name, value);
      if (name == "_format" || name == "_pretty") shown.emplace_back(name, value);
    }
  }
  YL_TRY(const fhir::Subset subset, fhir::read_subset(summary, elements, type));
  YL_TRY(records::Page page, records::search(connection, records::Scope{}, type, asked));
  page.applied.insert(page.applied.end(), shown.begin(), shown.end());
  for (records::Match& match : page.entries) match.resource.body = subset_of(std::move(match.resource.body), subset);
  return searchset(page, base, type);
}

}  // namespace yilian::api
