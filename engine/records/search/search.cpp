#include "engine/records/body.h"
#include "engine/records/index_plan.h"
#include "engine/records/many.h"
#include "engine/records/search/exact.h"
#include "engine/records/search/filter.h"
#include "engine/records/search/includes.h"
#include "engine/records/search/lacking.h"
#include "engine/records/search/page.h"
#include "engine/records/search/wide.h"
#include "engine/records/stored.h"
#include "engine/records/versions.h"

namespace yilian::records {
namespace {

Result<void> add_entries(database::Connection& reader, const std::vector<std::int64_t>& matches,
                         const std::vector<std::int64_t>& along, std::vector<Match>& entries) {
  std::vector<std::int64_t> rids = matches;
  rids.insert(rids.end(), along.begin(), along.end());
  entries.reserve(rids.size());
  std::size_t at = 0;
  return visit_bodies(reader, rids, [&](const Stored* stored, const BodyText& body) -> Result<void> {
    const bool included = at++ >= matches.size();
    if (stored != nullptr && !stored->deleted()) entries.push_back({version_of(*stored, body.text), included});
    return {};
  });
}

Result<Matches> matches_of(View& view, const SearchQuery& query) {
  if (auto wide = wide_page(view, query)) return std::move(*wide);
  YL_TRY(auto exact, exact_page(view, query));
  if (exact) return std::move(*exact);
  Matches all;
  YL_TRY(all.found, find_matching(view, query));
  if (query.only_count || query.total != SearchQuery::Total::none) all.total = all.found.count();
  return all;
}

}  // namespace

Result<Page> search(database::Connection& reader, const Scope& scope, const SearchRequest& request) {
  // Inside the writer, what earlier tasks of the batch have put off has to be seen.
  reader.flush_deferred();
  View view(reader, scope);
  YL_TRY(SearchQuery query, read_query(view, request));
  YL_CHECK(refuse_lacking(reader, query));
  YL_TRY(const Matches matches, matches_of(view, query));
  Page page;
  page.applied = std::move(query.applied);
  page.shown = query.shown;
  page.total = matches.total;
  if (query.only_count) return page;
  YL_TRY(Slice cut, slice(reader, query, matches.found));
  YL_TRY(const std::vector<std::int64_t> along, included(view, query, cut.rids));
  YL_CHECK(add_entries(reader, cut.rids, along, page.entries));
  page.next = std::move(cut.next);
  page.previous = std::move(cut.previous);
  return page;
}

Result<Page> search(database::Connection& reader, const Scope& scope, std::string_view type,
                    const Parameters& parameters) {
  return search(reader, scope, SearchRequest{.type = type, .parameters = parameters});
}

std::vector<Searchable> searchable(std::string_view type) {
  const Plan* found = plan(type);
  if (found == nullptr) return {};
  std::vector<Searchable> out{{"_id", "token", "http://hl7.org/fhir/SearchParameter/Resource-id"},
                              {"_lastUpdated", "date", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated"},
                              {"_text", "string", "http://hl7.org/fhir/SearchParameter/DomainResource-text"},
                              {"_content", "string", "http://hl7.org/fhir/SearchParameter/Resource-content"},
                              {"_list", "string", ""},
                              {"_filter", "special", "http://hl7.org/fhir/SearchParameter/filter"}};
  for (const Indexed& parameter : found->parameters) out.push_back({parameter.code, kind_name(parameter.kind), parameter.url});
  return out;
}

}  // namespace yilian::records
