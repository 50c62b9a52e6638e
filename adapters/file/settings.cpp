#include "adapters/file/settings.h"

namespace yilian::file {
namespace {

using std::chrono::milliseconds;

Result<std::string> folder(const config::Node& node) {
  const auto value = node["folder"];
  if (!value) return node.fail("the setting 'folder' is missing", "write it like folder: /var/lib/yilian/in");
  auto text = value.need_text();
  if (text && text->empty()) return value.fail("the folder has no name", "write it like folder: /var/lib/yilian/in");
  return text;
}

Result<std::string> suffix(const config::Node& value) {
  auto text = value.need_text();
  if (text && (text->size() < 2 || text->front() != '.' || text->find('/') != std::string::npos))
    return value.fail("'" + *text + "' is no suffix", "write it like .hl7");
  return text;
}

Result<Order> order(const config::Node& value) {
  const auto text = value.need_text();
  if (!text) return Failure(text.error());
  if (*text == "name") return Order::name;
  if (*text == "time") return Order::time;
  return value.fail("'" + *text + "' is no order", "write name or time");
}

Result<void> duration(const config::Node& value, milliseconds& out) {
  if (!value) return {};
  YL_TRY(const auto microseconds, value.need_duration());
  if (microseconds < 1000) return value.fail("this is too short", "write at least 1ms");
  out = milliseconds(microseconds / 1000);
  return {};
}

}  // namespace

Result<SourceSettings> source_settings(const config::Node& node) {
  YL_CHECK(node.only({"folder", "suffixes", "order", "max-file", "poll", "settle"}));
  SourceSettings out;
  YL_TRY(out.folder, folder(node));
  if (const auto list = node["suffixes"]) {
    out.suffixes.clear();
    for (const auto& item : list.items()) {
      YL_TRY(auto text, suffix(item));
      out.suffixes.push_back(std::move(text));
    }
    if (out.suffixes.empty()) return list.fail("no suffix is listed", "write it like [.hl7, .txt]");
  }
  if (const auto value = node["order"]) {
    YL_TRY(out.order, order(value));
  }
  if (const auto value = node["max-file"]) {
    YL_TRY(const auto bytes, value.need_bytes());
    if (bytes == 0 || bytes > (std::uint64_t{1} << 30))
      return value.fail("this size is not possible", "write a size up to 1GB");
    out.max_file = static_cast<std::size_t>(bytes);
  }
  YL_CHECK(duration(node["poll"], out.poll));
  YL_CHECK(duration(node["settle"], out.settle));
  return out;
}

Result<DestinationSettings> destination_settings(const config::Node& node) {
  YL_CHECK(node.only({"folder", "suffix"}));
  DestinationSettings out;
  YL_TRY(out.folder, folder(node));
  if (const auto value = node["suffix"]) {
    YL_TRY(out.suffix, suffix(value));
  }
  return out;
}

}  // namespace yilian::file
