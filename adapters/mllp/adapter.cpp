#include "adapters/mllp/adapter.h"

#include "adapters/mllp/destination.h"
#include "adapters/mllp/settings.h"
#include "adapters/mllp/source.h"

namespace yilian::mllp {

const sdk::Adapter& adapter() {
  static const sdk::Adapter it{"mllp", "HL7 v2 over MLLP: listens for senders, or connects to a receiver",
                               [](const config::Node& node) -> Result<void> {
                                 YL_CHECK(source_settings(node));
                                 return {};
                               },
                               [](const config::Node& node) -> Result<void> {
                                 YL_CHECK(destination_settings(node));
                                 return {};
                               },
                               [](const config::Node& node) -> Result<std::unique_ptr<sdk::Source>> {
                                 YL_TRY(auto settings, source_settings(node));
                                 return make_source(std::move(settings));
                               },
                               [](const config::Node& node) -> Result<std::unique_ptr<sdk::Destination>> {
                                 YL_TRY(auto settings, destination_settings(node));
                                 return make_destination(std::move(settings));
                               }};
  return it;
}

}  // namespace yilian::mllp
