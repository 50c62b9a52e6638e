#pragma once
// What a parameter of a search asks of a resource: its name (modifiers, chains, _has) and its value, read and checked.

#include "engine/records/search/query.h"

namespace yilian::records {

// Errors: unsupported (unknown parameter or modifier), bad_value, too_large, storage.
// `base`: SearchRequest's. `bound`: what a client's definition allows is held to (allowed.h).
Result<Condition> read_condition(View& view, const Plan& plan, std::string_view base, const std::string& name,
                                 const std::string& value, bool bound = true);
// The condition that _filter holds.
Result<Condition> read_filter(View& view, const Plan& plan, std::string_view base, std::string_view text);

Failure unknown_parameter(const Plan& plan, std::string_view name);

}  // namespace yilian::records
