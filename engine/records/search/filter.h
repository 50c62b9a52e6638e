#pragma once
// Which resources a search finds: the sets of its conditions, narrowest first, intersected.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"
#include "engine/records/view.h"

namespace yilian::records {

// Only what the view shows. Errors: storage, too_large, busy (the index is not ready for the view).
Result<Bitmap> find_matching(View& view, const SearchQuery& query);

}  // namespace yilian::records
