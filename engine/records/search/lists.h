#pragma once
// _list: what stands in a List of this store.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Current entries, those marked as deleted left out. Errors: not_found (no such List), storage.
Result<Bitmap> resources_in_list(database::Connection& reader, const std::string& id);

}  // namespace yilian::records
