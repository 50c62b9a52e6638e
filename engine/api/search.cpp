#include "engine/api/search.h"

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

Result<std::string> search_and_show(database::Connection& connection, const records::Scope& scope, const records::SearchRequest& request,
                                    const std::string& base, const std::string& path) {
  YL_TRY(records::Page page, records::search(connection, scope, request));
  YL_TRY(const fhir::Subset subset, fhir::read_subset(page.shown.summary, page.shown.elements, request.type));
  for (records::Match& match : page.entries) {
    // _elements without a type are those of the type that is searched (search.html#elements).
    fhir::Subset own = subset;
    if (match.included) std::erase_if(own.elements, [&](const auto& wanted) { return wanted.type != match.resource.type; });
    match.resource.body = subset_of(std::move(match.resource.body), own);
  }
  for (const auto& [name, value] : request.parameters) {
    if (name == "_format" || name == "_pretty") page.applied.emplace_back(name, value);
  }
  return searchset(page, base, path);
}

}  // namespace yilian::api
