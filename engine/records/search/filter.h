#pragma once
// Which resources a search finds: the sets of its conditions, narrowest first, intersected.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Errors: storage, too_large.
Result<Bitmap> find_matching(database::Connection& reader, const Scope& scope, const SearchQuery& query);

}  // namespace yilian::records
