#pragma once
// Messages as files in a folder, in and out.

#include "adapters/sdk/adapter.h"

namespace yilian::file {

// Settings of a source: folder, suffixes, order, max-file, poll, settle. Settings of a destination: folder, suffix. See
// README.md.
const sdk::Adapter& adapter();

}  // namespace yilian::file
