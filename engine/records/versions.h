#pragma once
// From a stored row to the version that is served.

#include "engine/records/stored.h"

namespace yilian::records {

// Errors: storage (a damaged body).
Result<Version> version_of(database::Connection& reader, const Stored& stored);

}  // namespace yilian::records
