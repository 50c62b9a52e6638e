#pragma once
// All that has tables in the database.

#include <vector>

#include "engine/database/database.h"
#include "engine/journal/journal.h"
#include "engine/records/store.h"
#include "engine/routing/stops.h"

namespace yilian::daemon {

inline std::vector<database::Schema> all_parts() { return {journal::schema(), records::schema(), routing::schema()}; }

}  // namespace yilian::daemon
