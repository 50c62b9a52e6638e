#pragma once
// Bodies as they are stored and as they are served.
//
// Stored is the minified object without resourceType, id, meta.versionId and meta.lastUpdated: those are the row's own
// columns, and without them equal contents have equal bytes. What is written together is stored as one text (a pack),
// compressed by zstd with a dictionary whose number stands in the row: the resources of a message are alike.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace yilian::records {

inline constexpr std::int64_t kDictionary = 1;  // the newest; what is written now

std::string compress(std::string_view body);
// Errors: storage, when the bytes are damaged or need a dictionary that this program has not.
Result<std::string> decompress(std::string_view packed, std::int64_t dictionary);

// The whole resource of a stored body.
std::string serve(std::string_view type, std::string_view id, std::int64_t version, Instant updated,
                  std::string_view body);

}  // namespace yilian::records
