#pragma once
// Which resources a search finds: the sets of its conditions, narrowest first, intersected.

#include "engine/records/bitmap.h"
#include "engine/records/query.h"

namespace yilian::records {

// The semantics of the prefixes (search.html#prefix): `value` is the range searched by, `target` that of the resource.
bool holds(Prefix prefix, const Interval& value, const Interval& target);

// Errors: storage.
Result<Bitmap> find_matching(database::Connection& reader, const SearchQuery& query);

}  // namespace yilian::records
