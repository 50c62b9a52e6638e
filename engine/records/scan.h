#pragma once
// Reading the index: one function a way to look.

#include <optional>
#include <string>

#include "engine/database/database.h"
#include "engine/records/bitmap.h"
#include "engine/records/query.h"

namespace yilian::records {

struct Equal {
  std::uint32_t parameter;
  std::int64_t key;                   // or…
  std::string text;                   // …when it is not empty
  std::optional<std::int64_t> extra;  // nothing: any
};

Bitmap scan_equal(database::Connection& reader, const Equal& equal);
// Only the blocks in which there are candidates.
Bitmap probe_equal(database::Connection& reader, const Equal& equal, const Bitmap& candidates);
std::int64_t count_equal(database::Connection& reader, const Equal& equal,
                         std::int64_t most);  // rows; strings: as a beginning
Bitmap scan_prefix(database::Connection& reader, std::uint32_t parameter, const std::string& beginning);
Bitmap scan_contains(database::Connection& reader, std::uint32_t parameter, const std::string& part);
Bitmap scan_system(database::Connection& reader, std::uint32_t parameter, std::int64_t system);
// All that have the parameter at all. `target`: only references to this type; 0: any.
Bitmap scan_any(database::Connection& reader, std::uint32_t parameter, std::uint8_t target);
Bitmap scan_dates(database::Connection& reader, std::uint32_t parameter, const Alternative& range);

// The key under which a string is found that is exactly this.
std::string exact_key(const std::string& text);

// The content of a current version. Errors: storage.
Result<const fhir::Json*> load_content(database::Connection& reader, std::int64_t rid, fhir::Arena& arena);

}  // namespace yilian::records
