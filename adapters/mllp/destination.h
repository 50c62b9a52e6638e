#pragma once
#include <memory>

#include "adapters/mllp/settings.h"
#include "adapters/sdk/adapter.h"

namespace yilian::mllp {

// Keeps one connection and opens it anew when it broke. Blocking, no thread of its own.
std::unique_ptr<sdk::Destination> make_destination(DestinationSettings settings);

}  // namespace yilian::mllp
