#include "adapters/mllp/settings.h"

namespace yilian::mllp {
namespace {

using std::chrono::milliseconds;
constexpr std::uint64_t kLeastMessage = 1024;
constexpr std::uint64_t kMostMessage = std::uint64_t{1} << 30;

Result<net::Endpoint> endpoint(const config::Node& node, std::string_view name, bool any_port) {
  const auto value = node[name];
  if (!value)
    return node.fail("the setting '" + std::string(name) + "' is missing",
                     "write it like " + std::string(name) + ": 127.0.0.1:2575");
  YL_TRY(const auto text, value.need_text());
  auto read = net::parse_endpoint(text);
  if (!read) return value.fail(read.error().what, read.error().cure);
  if (read->port == 0 && !any_port) return value.fail("port 0 is no port to connect to", "write the other side's port");
  return read;
}

// Leaves `out` as it is when the setting is absent.
template <class T>
Result<void> duration(const config::Node& value, T& out) {
  if (!value) return {};
  YL_TRY(const auto microseconds, value.need_duration());
  if (microseconds < 1000) return value.fail("this is too short", "write at least 1ms");
  out = milliseconds(microseconds / 1000);
  return {};
}

Result<void> message_size(const config::Node& value, std::size_t& out) {
  if (!value) return {};
  YL_TRY(const auto bytes, value.need_bytes());
  if (bytes < kLeastMessage || bytes > kMostMessage)
    return value.fail("this size is not possible", "write a size from 1KB to 1GB");
  out = static_cast<std::size_t>(bytes);
  return {};
}

}  // namespace

Result<SourceSettings> source_settings(const config::Node& node) {
  YL_CHECK(
      node.only({"listen", "max-message", "connections", "idle-timeout", "frame-timeout", "quiet-after-fs", "allow"}));
  SourceSettings out;
  YL_TRY(out.listen, endpoint(node, "listen", true));
  YL_CHECK(message_size(node["max-message"], out.max_message));
  if (const auto value = node["connections"]) {
    YL_TRY(const auto count, value.need_integer(1, 100'000));
    out.connections = static_cast<std::size_t>(count);
  }
  YL_CHECK(duration(node["idle-timeout"], out.idle_timeout));
  YL_CHECK(duration(node["frame-timeout"], out.frame_timeout));
  YL_CHECK(duration(node["quiet-after-fs"], out.quiet_after_fs));
  for (const auto& item : node["allow"].items()) {
    YL_TRY(const auto text, item.need_text());
    if (auto added = out.allow.add(text); !added) return item.fail(added.error().what, added.error().cure);
  }
  return out;
}

Result<DestinationSettings> destination_settings(const config::Node& node) {
  YL_CHECK(node.only({"connect", "max-message", "connect-timeout", "answer-timeout"}));
  DestinationSettings out;
  YL_TRY(out.connect, endpoint(node, "connect", false));
  YL_CHECK(message_size(node["max-message"], out.max_message));
  YL_CHECK(duration(node["connect-timeout"], out.connect_timeout));
  YL_CHECK(duration(node["answer-timeout"], out.answer_timeout));
  return out;
}

}  // namespace yilian::mllp
