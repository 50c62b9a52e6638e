#pragma once
// What a feed says about its folder, read and checked.

#include <chrono>
#include <string>
#include <vector>

#include "engine/base/config.h"

namespace yilian::file {

enum class Order { name, time };

struct SourceSettings {
  std::string folder;
  std::vector<std::string> suffixes{".hl7"};  // compared without regard to case
  Order order = Order::name;
  std::size_t max_file = 64u << 20;
  std::chrono::milliseconds poll{5'000};    // a full look at the folder at least so often
  std::chrono::milliseconds settle{1'000};  // size and time unchanged for so long: complete
};

struct DestinationSettings {
  std::string folder;
  std::string suffix = ".hl7";
};

// bad_config with the place of the setting. Whether the folder is there is found out at the start.
Result<SourceSettings> source_settings(const config::Node& node);
Result<DestinationSettings> destination_settings(const config::Node& node);

}  // namespace yilian::file
