#include "engine/routing/adapters.h"

#include "adapters/file/adapter.h"
#include "adapters/mllp/adapter.h"

namespace yilian::routing {

const std::vector<const sdk::Adapter*>& adapters() {
  static const std::vector<const sdk::Adapter*> list{&mllp::adapter(), &file::adapter()};
  return list;
}

const sdk::Adapter* find_adapter(std::string_view name) {
  for (const sdk::Adapter* adapter : adapters()) {
    if (adapter->name == name) return adapter;
  }
  return nullptr;
}

std::string adapter_names() {
  std::string names;
  for (const sdk::Adapter* adapter : adapters()) names.append(names.empty() ? "" : ", ").append(adapter->name);
  return names;
}

}  // namespace yilian::routing
