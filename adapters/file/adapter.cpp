#include "adapters/file/adapter.h"

#include "adapters/file/destination.h"
#include "adapters/file/settings.h"
#include "adapters/file/source.h"

namespace yilian::file {

const sdk::Adapter& adapter() {
  static const sdk::Adapter it{"file", "messages as files: watches a folder, or writes into one",
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

}  // namespace yilian::file
