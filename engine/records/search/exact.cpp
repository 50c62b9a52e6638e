#include "engine/records/search/exact.h"

#include "engine/records/search/scan.h"
#include "engine/records/search/verify.h"

namespace yilian::records {
namespace {

using Test = Condition::Test;
using Total = SearchQuery::Total;

bool suits(View& view, const SearchQuery& query) {
  if (!view.is_all() || query.of.size() != 1 || !query.sort.empty() || query.only_count) return false;
  if (query.total == Total::accurate || query.total == Total::estimate) return false;
  const std::vector<Condition>& all_of = query.of.front().all_of;
  return all_of.size() == 1 && all_of.front().about == Condition::About::parameter && all_of.front().test == Test::exact;
}

// The next of a set, as many as there are or are asked for. `after` goes on to the last of them.
Bitmap take_some(const Bitmap& set, std::int64_t& after, std::size_t many) {
  Bitmap out;
  set.for_each(after, [&](std::int64_t rid) {
    out.add(after = rid);
    return --many > 0;
  });
  out.finish();
  return out;
}

}  // namespace

Result<std::optional<Matches>> exact_page(View& view, const SearchQuery& query, std::int64_t few) {
  const auto turn = suits(view, query) ? turn_of(query) : std::nullopt;
  if (!turn || turn->backward) return std::nullopt;
  const Condition& condition = query.of.front().all_of.front();
  Bitmap candidates;
  for (const Stretch& stretch : stretches_of(view.reader(), *condition.parameter, condition.test, condition.any_of))
    scan_into(view.reader(), stretch, candidates);
  candidates.finish();
  if (candidates.count() <= few) return std::nullopt;
  Matches matches;
  std::size_t there = 0;
  for (std::int64_t after = turn->rid; there <= query.count;) {
    Bitmap some = take_some(candidates, after, 2 * query.count + 16);
    if (some.empty()) break;
    YL_CHECK(look_at_each(view.reader(), some, condition.parameter->code,
                          [&](const fhir::Json& content) { return fulfils(condition, content); }));
    there += static_cast<std::size_t>(some.count());
    matches.found.unite(some);
  }
  return matches;
}

}  // namespace yilian::records
