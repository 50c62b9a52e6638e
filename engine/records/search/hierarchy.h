#pragma once
// :above and :below on references: places within places, organizations within organizations (search.html#recursive).

#include <vector>

#include "engine/records/search/query.h"

namespace yilian::records {

// The targets with all that are part of them, or that they are part of; by keys. Only by what the view shows. Errors: unsupported (nothing that the
// parameter goes to is part of its like), too_large, storage.
Result<std::vector<std::int64_t>> hierarchy_of(View& view, const Indexed& parameter,
                                               const std::vector<std::int64_t>& targets, bool below,
                                               const std::string& name);

}  // namespace yilian::records
