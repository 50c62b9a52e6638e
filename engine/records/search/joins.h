#pragma once
// From resources to those that refer to them, and back: what chains, _has, includes and compartments are made of.

#include <vector>

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Those whose `parameter` goes to one of `targets`, which are of that type. Errors: too_large, storage.
Result<Bitmap> referring(database::Connection& reader, const Indexed& parameter, const Plan& type,
                         const Bitmap& targets);
// Those of `type` to which the `parameter` of one of `sources` goes. Errors: storage.
Result<Bitmap> referred(database::Connection& reader, const Indexed& parameter, const Bitmap& sources,
                        const Plan& type);
// The same, of whatever type they are.
Result<Bitmap> referred(database::Connection& reader, const Indexed& parameter, const Bitmap& sources);

// Those that have one of these keys (resource_key); sorted, each once.
Bitmap resources_with(database::Connection& reader, const std::vector<std::int64_t>& keys);

// Those with a row of this number whose value is one of these keys; sorted, each once.
Bitmap with_keys(database::Connection& reader, std::uint32_t number, const std::vector<std::int64_t>& keys);

}  // namespace yilian::records
