#pragma once
// From the set that was found to the page that is asked for: sorted, cut by key, so that it is stable while others
// write.

#include <optional>
#include <string>
#include <vector>

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// What was found: all, or all up to some resource beyond the page.
struct Matches {
  Bitmap found;
  std::optional<std::int64_t> total;  // nothing: it was not counted
};

// After which resource the page begins, or before which it ends, of a search that is not sorted. Nothing: the cursor is
// not of this search.
struct Turn {
  bool backward = false;
  std::int64_t rid = 0;
};
std::optional<Turn> turn_of(const SearchQuery& query);

struct Slice {
  std::vector<std::int64_t> rids;
  std::string next, previous;  // cursors; empty: nothing is there
};
// Errors: bad_value (the cursor), too_large (too many to be sorted by this), storage.
Result<Slice> slice(database::Connection& reader, const SearchQuery& query, const Bitmap& found);

}  // namespace yilian::records
