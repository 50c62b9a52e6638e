#pragma once
// The adapters that are built in. A new one is one more line in adapters.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "adapters/sdk/adapter.h"

namespace yilian::routing {

const std::vector<const sdk::Adapter*>& adapters();
const sdk::Adapter* find_adapter(std::string_view name);
std::string adapter_names();  // "mllp, file"

}  // namespace yilian::routing
