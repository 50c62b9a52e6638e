#pragma once
// Which tags, security labels and profiles are in use (resource-operation-meta.html).

#include <set>
#include <string>

#include "engine/records/store.h"

namespace yilian::records {

// Each once, as JSON: Codings and canonicals.
struct UsedMeta {
  std::set<std::string> tags, security, profiles;
};

// Of a type; an empty one: of all. Only by what the scope shows. Found by the index, one resource for each that is in use, so the cost is that of
// what is given. Errors: too_large (more than ten thousand), busy, storage.
Result<UsedMeta> used_meta(database::Connection& reader, const Scope& scope, std::string_view type);

}  // namespace yilian::records
