#pragma once
// What one message brings, in its one transaction: its journal entry, its resources, its ways out.

#include "engine/routing/dispatcher.h"
#include "engine/routing/process.h"

namespace yilian::routing {

// Inside a database task. Gives the message's number. `copy_of`: the message that it is a replay of; 0: none.
Result<std::int64_t> keep(database::Connection& writer, const Inlet& inlet, const Processed& processed, const Dispatcher::Ways& ways, Instant received,
                          std::int64_t copy_of = 0);

}  // namespace yilian::routing
