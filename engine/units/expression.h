#pragma once
// The grammar of UCUM (The Unified Code for Units of Measure, section 2): prefixes, "." and "/", exponents, factors,
// annotations, parentheses.

#include <string_view>

#include "engine/base/result.h"
#include "engine/units/table.h"

namespace yilian::units {

inline constexpr std::size_t kLongestUnit = 256;  // bytes
inline constexpr std::size_t kDeepestUnit = 16;   // parentheses

// Error: bad_value, `where` is "byte N".
Result<Unit> read_expression(const Table& table, std::string_view text);

}  // namespace yilian::units
