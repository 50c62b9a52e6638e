#pragma once
// The filters of the runs, each once in memory for all connections of a database.

#include <memory>

#include "engine/database/database.h"
#include "engine/records/index/filter.h"

namespace yilian::records {

std::shared_ptr<const Filter> filter_of(database::Connection& connection, std::int64_t run);

}  // namespace yilian::records
