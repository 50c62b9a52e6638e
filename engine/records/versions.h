#pragma once
// From a stored row to the version that is served.

#include "engine/records/stored.h"

namespace yilian::records {

// Errors: storage (a damaged body).
Result<Version> version_of(database::Connection& reader, const Stored& stored);
// Of one that is deleted the body does not matter.
Version version_of(const Stored& stored, std::string_view body);

}  // namespace yilian::records
