#pragma once
// From the set that was found to the page that is asked for: sorted, cut by key, so that it is stable while others
// write.

#include <string>
#include <vector>

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

struct Slice {
  std::vector<std::int64_t> rids;
  std::string next, previous;  // cursors; empty: nothing is there
};
// Errors: bad_value (the cursor), too_large (too many to be sorted by this), storage.
Result<Slice> slice(database::Connection& reader, const SearchQuery& query, const Bitmap& found);

}  // namespace yilian::records
