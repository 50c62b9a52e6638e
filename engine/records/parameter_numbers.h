#pragma once
// The numbers of search parameters in the index: definitions/parameters.txt.

#include <cstdint>
#include <string_view>

namespace yilian::records {

// 0: it has none, and so no rows.
std::uint32_t parameter_number(std::string_view code);
std::uint32_t last_parameter_number();  // the greatest that is given

}  // namespace yilian::records
