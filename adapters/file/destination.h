#pragma once
#include <memory>

#include "adapters/file/settings.h"
#include "adapters/sdk/adapter.h"

namespace yilian::file {

// Writes each message as a file of its own: under a hidden name, synced, then renamed, so that a reader never sees half
// of one.
std::unique_ptr<sdk::Destination> make_destination(DestinationSettings settings);

}  // namespace yilian::file
