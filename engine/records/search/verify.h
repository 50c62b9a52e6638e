#pragma once
// What the index alone cannot say: candidates are looked at, one body after the other.

#include <optional>

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"
#include "engine/records/search/scan.h"

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
  std::optional<Issue> failed;
  candidates.keep_if([&](std::int64_t rid) {
    if (failed) return false;
    fhir::Arena arena;
    auto content = load_content(reader, rid, arena);
    if (!content) {
      failed = std::move(content).error();
      return false;
    }
    return static_cast<bool>(accept(**content));
  });
  if (failed) return Failure(std::move(*failed));
  return {};
}

}  // namespace yilian::records
