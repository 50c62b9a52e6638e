#pragma once
// The path of a discriminator (profiling.html#discriminator): a part of FHIRPath that can be followed in a profile too.

#include "engine/base/result.h"
#include "engine/validation/profile.h"

namespace yilian::validation {

// "$this", "code.coding", "value.ofType(Quantity)", "extension('http://…').value", "resolve().code". Errors:
// unsupported.
Result<std::vector<PathStep>> read_discriminator_path(std::string_view text);

}  // namespace yilian::validation
