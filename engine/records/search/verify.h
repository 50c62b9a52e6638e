#pragma once
// What the index alone cannot say: candidates are looked at, one body after the other.

#include <vector>

#include "engine/records/many.h"
#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Whether a resource fulfils a condition about a parameter.
bool fulfils(const Condition& condition, const fhir::Json& content);
// Whether it has one of the values, texts at their full length.
bool has_value(const Indexed& parameter, Condition::Test test, const Alternative& asked, const fhir::Json& from);

// More are not looked at for one search: each is unpacked and read.
inline constexpr std::int64_t kMostLookedAt = 200'000;

// Keeps those whose content is accepted. Errors: too_large, storage.
template <class Accept>
Result<void> look_at_each(database::Connection& reader, Bitmap& candidates, std::string_view parameter, Accept&& accept) {
  if (candidates.count() > kMostLookedAt)
    return fail(Code::too_large, "more than " + std::to_string(kMostLookedAt) + " resources would have to be looked at",
                std::string(parameter), "Add a condition that narrows the search");
  std::vector<bool> kept;
  YL_CHECK(visit_contents(reader, rids_of(candidates), [&](const fhir::Json& content) { kept.push_back(accept(content)); }));
  std::size_t at = 0;
  candidates.keep_if([&](std::int64_t) { return kept[at++]; });
  return {};
}

}  // namespace yilian::records
