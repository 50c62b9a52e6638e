#pragma once
// The tests that stand beside the rules.

#include <functional>
#include <memory>
#include <vector>

#include "engine/mapping/mapping.h"
#include "engine/mapping/sources.h"

namespace yilian::mapping {

// With a hospital's `mapping:` node, as Library::compile.
using Compile = std::function<tl::expected<std::shared_ptr<const Mapping>, std::vector<Issue>>(const config::Node&)>;

// The failures, each with the place of the test.
std::vector<Issue> run_inline_tests(const Sources& sources, const Compile& compile);

}  // namespace yilian::mapping
