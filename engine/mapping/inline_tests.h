#pragma once
// The tests that stand beside the rules.

#include <vector>

#include "engine/mapping/mapping.h"
#include "engine/mapping/sources.h"

namespace yilian::mapping {

// The failures, each with the place of the test.
std::vector<Issue> run_inline_tests(const Sources& sources, const Mapping& mapping);

}  // namespace yilian::mapping
