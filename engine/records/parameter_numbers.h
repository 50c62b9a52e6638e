#pragma once
// The numbers of search parameters in the index: definitions/parameters.txt.

#include <cstdint>
#include <string_view>

namespace yilian::records {

// 0: it has none, and so no rows.
std::uint32_t parameter_number(std::string_view code);
// Of a date's number: that under which the ends of its intervals longer than a day stand; 0: they do not.
std::uint32_t ends_of(std::uint32_t parameter);
bool holds_ends(std::uint32_t parameter);  // it is such a number
std::uint32_t last_parameter_number();  // the greatest that is given

}  // namespace yilian::records
