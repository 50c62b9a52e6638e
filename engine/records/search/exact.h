#pragma once
// A page of a search by `:exact`, which the bodies decide: so many of them are read as the page needs.

#include "engine/records/search/page.h"
#include "engine/records/view.h"

namespace yilian::records {

// Nothing: it is a search of another kind, all have to be known, or they are few. Errors: storage.
Result<std::optional<Matches>> exact_page(View& view, const SearchQuery& query, std::int64_t few = 100);

}  // namespace yilian::records
