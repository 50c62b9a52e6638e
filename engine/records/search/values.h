#pragma once
// The values of search parameters (search.html#escaping, #prefix, #token, #reference, #quantity).

#include "engine/records/search/query.h"

namespace yilian::records {

// At commas that are not escaped; escapes stay.
std::vector<std::string> split_alternatives(std::string_view value);
// The same with the escapes undone, empty ones left out.
std::vector<std::string> split_values(std::string_view value);
std::vector<std::string_view> split_plain(std::string_view value, char separator);

// `target`: of a :Type modifier. Errors: bad_value.
Result<Alternative> read_alternative(const Indexed& parameter, Condition::Test test, std::string_view target,
                                     const std::string& text, const std::string& name);
// With its prefix; of _lastUpdated, which is no parameter of a type. Errors: bad_value.
Result<Alternative> read_date(const std::string& text, const std::string& name);

}  // namespace yilian::records
