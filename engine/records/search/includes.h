#pragma once
// _include and _revinclude: what goes along with the matches of a page.

#include <vector>

#include "engine/records/search/query.h"

namespace yilian::records {

// The rids of what is included and the view shows, none of `matches`; in the order in which it was found. Errors: too_large, storage.
Result<std::vector<std::int64_t>> included(View& view, const SearchQuery& query,
                                           const std::vector<std::int64_t>& matches);

}  // namespace yilian::records
