#pragma once
// What the index cannot answer yet, because a newer version of the program is still adding rows (reindex.h).

#include "engine/records/search/query.h"

namespace yilian::records {

// Error: busy, with how far it is.
Result<void> refuse_lacking(database::Connection& reader, const SearchQuery& query);

}  // namespace yilian::records
