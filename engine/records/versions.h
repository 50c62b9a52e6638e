#pragma once
// From an id to the stored version, and from that to what is served.

#include "engine/records/stored.h"
#include "engine/records/view.h"

namespace yilian::records {

// The current version, deleted or not, when it is seen. Errors: not_found, storage.
Result<Stored> current_of(View& view, std::string_view type, std::string_view id);
// A version of it, when it is seen. Errors: not_found, gone, storage.
Result<Stored> version_in(View& view, const Stored& current, std::int64_t version);

// Errors: storage (a damaged body).
Result<Version> version_of(database::Connection& reader, const Stored& stored);
// Of one that is deleted the body does not matter.
Version version_of(const Stored& stored, std::string_view body);

}  // namespace yilian::records
