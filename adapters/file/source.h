#pragma once
#include <memory>

#include "adapters/file/settings.h"
#include "adapters/sdk/adapter.h"

namespace yilian::file {

// Watches the folder with a thread of its own; one file at a time.
std::unique_ptr<sdk::Source> make_source(SourceSettings settings);

}  // namespace yilian::file
