#pragma once
// What a client's definition allows of a search by it (SearchParameter.modifier, comparator, chain, multipleOr,
// multipleAnd). _filter has words of its own for all of these and is not held to it. Errors: unsupported, bad_value.

#include "engine/records/search/query.h"

namespace yilian::records {

// `read`: the condition about `parameter` that this modifier and value made. `where`: the parameter as it was written.
Result<void> check_allowed(const Condition& read, const Indexed& parameter, std::string_view modifier,
                           const std::string& value, const std::string& where);
// `rest`: what follows the dot.
Result<void> check_chain_allowed(const Indexed& reference, std::string_view rest, const std::string& where);
// `before`: the conditions that were asked for already.
Result<void> check_repetition(const Condition& read, const std::vector<Condition>& before, const std::string& where);

}  // namespace yilian::records
