#pragma once
// :in, :not-in, :below and :above on tokens: the codes meant, by the ValueSets and CodeSystems that the view shows.

#include <string>
#include <string_view>
#include <vector>

#include "engine/records/search/query.h"

namespace yilian::records {

// Errors: not_found (no such value set or code system here), unsupported (one that is not listed code by code), too_large,
// bad_value, storage.
Result<std::vector<Alternative>> read_codes(View& view, std::string_view modifier, const std::string& value,
                                            const std::string& name);

}  // namespace yilian::records
