#pragma once
// Reading the index: one function a way to look.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/stretch.h"

namespace yilian::records {

Bitmap scan(database::Connection& reader, const Stretch& stretch);
// Added to a set that is not finished.
void scan_into(database::Connection& reader, const Stretch& stretch, Bitmap& set);
// The same, only the blocks in which there are candidates; of a stretch all of whose keys count.
void probe_into(database::Connection& reader, const Stretch& stretch, const Bitmap& candidates, Bitmap& set);
// Rows, of those that count or not.
std::int64_t count(database::Connection& reader, const Stretch& stretch, std::int64_t most);
// All that have the parameter at all. Of one that is narrowed to a type, only references to that.
Bitmap scan_any(database::Connection& reader, const Indexed& parameter);
// All resources of a type.
Bitmap scan_type(database::Connection& reader, std::uint8_t type);

// The content of a current version. Errors: storage.
Result<const fhir::Json*> load_content(database::Connection& reader, std::int64_t rid, fhir::Arena& arena);

}  // namespace yilian::records
