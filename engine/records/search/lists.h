#pragma once
// _list: what stands in a List of this store.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Current entries, those marked as deleted left out; whether they are seen is for the caller. Errors: not_found (no such
// List, or none that the view shows), busy, storage.
Result<Bitmap> resources_in_list(View& view, const std::string& id);

}  // namespace yilian::records
