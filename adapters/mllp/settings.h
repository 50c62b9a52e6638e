#pragma once
// What a feed says about its MLLP side, read and checked.

#include <chrono>
#include <optional>
#include <string_view>

#include "engine/base/config.h"
#include "engine/net/endpoint.h"

namespace yilian::mllp {

struct SourceSettings {
  net::Endpoint listen;
  std::size_t max_message = 64u << 20;  // bytes between VT and FS
  std::size_t connections = 256;
  std::optional<std::chrono::milliseconds> idle_timeout;  // nothing under way and no byte for so long: closed
  std::chrono::milliseconds frame_timeout{60'000};        // a frame begun and no byte for so long: noise, closed
  std::chrono::milliseconds quiet_after_fs{300};          // FS and silence for so long: the message is whole
  net::Networks allow;                                    // empty: everyone who reaches the port
};

struct DestinationSettings {
  net::Endpoint connect;
  std::size_t max_message = 64u << 20;  // of an answer
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds answer_timeout{30'000};
};

// bad_config with the place of the setting.
Result<SourceSettings> source_settings(const config::Node& node);
Result<DestinationSettings> destination_settings(const config::Node& node);

}  // namespace yilian::mllp
