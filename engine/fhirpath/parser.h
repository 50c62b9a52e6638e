#pragma once
// From the text of an expression to its steps.

#include "engine/base/result.h"
#include "engine/fhirpath/program.h"

namespace yilian::fhirpath {

inline constexpr std::size_t kLongestText = 64 * 1024;
inline constexpr std::uint32_t kDeepestStep = 250;

// Fills `steps` and `root` from `text`. Errors: bad_syntax (with `where` "byte N", what stands there and what could),
// too_large, too_deep.
Result<void> parse(Program& program);

}  // namespace yilian::fhirpath
