#pragma once
// HL7 v2 over MLLP, in and out.

#include "adapters/sdk/adapter.h"

namespace yilian::mllp {

// Settings of a source: listen, max-message, connections, idle-timeout, frame-timeout, quiet-after-fs, allow.
// Settings of a destination: connect, max-message, connect-timeout, answer-timeout. See README.md.
const sdk::Adapter& adapter();

}  // namespace yilian::mllp
