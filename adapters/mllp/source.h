#pragma once
#include <memory>

#include "adapters/mllp/settings.h"
#include "adapters/sdk/adapter.h"

namespace yilian::mllp {

// Listens; each connection is one strictly ordered lane. Threads: those of net::Runtime::shared().
std::unique_ptr<sdk::Source> make_source(SourceSettings settings);

}  // namespace yilian::mllp
