#include "engine/routing/destination.h"

#include <algorithm>
#include <cstdio>

#include "engine/routing/adapters.h"
#include "engine/routing/directory.h"

namespace yilian::routing {
namespace {

constexpr Instant kMinute = 60'000'000, kDay = 24 * 60 * kMinute;

// "07:30" in minutes; nothing for what is no time of day. "24:00" is the end.
std::optional<int> minutes_of(std::string_view text) {
  int hour = 0, minute = 0, read = 0;
  const std::string owned(text);
  if (std::sscanf(owned.c_str(), "%2d:%2d%n", &hour, &minute, &read) != 2 || static_cast<std::size_t>(read) != text.size()) return std::nullopt;
  if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return hour * 60 + minute;
}

class Reader {
 public:
  explicit Reader(std::vector<Issue>& issues) : issues_(issues) {}
  void check(const Result<void>& result) {
    if (!result) issues_.push_back(result.error());
  }
  void fail(const config::Node& node, std::string what, std::string cure = {}) { issues_.push_back(node.fail(std::move(what), std::move(cure)).value()); }
  template <class T>
  void take(const Result<T>& result, T& out) {
    if (result) out = *result;
    else issues_.push_back(result.error());
  }

 private:
  std::vector<Issue>& issues_;
};

void read_retry(const config::Node& node, Retry& retry, Reader& reader) {
  reader.check(node.only({"first", "most", "attempts"}));
  if (node["first"]) reader.take(node["first"].need_duration(), retry.first);
  if (node["most"]) reader.take(node["most"].need_duration(), retry.most);
  if (node["attempts"]) reader.take(node["attempts"].need_integer(1, 1'000'000), retry.attempts);
  if (retry.first < 1000 || retry.most < retry.first) reader.fail(node, "the pauses are not possible", "first: at least 1ms; most: not less than first");
}

void read_hours(const config::Node& node, Hours& hours, Reader& reader) {
  const std::string text = node.text_or("");
  const std::size_t dash = text.find('-');
  const auto from = minutes_of(text.substr(0, dash)), to = dash == std::string::npos ? std::nullopt : minutes_of(text.substr(dash + 1));
  if (!from || !to || *from == *to) return reader.fail(node, "'" + text + "' are no hours", "write them like \"07:00-20:00\", or \"22:00-06:00\" over midnight");
  hours.from = *from;
  hours.to = *to;
}

void read_rate(const config::Node& node, double& rate, Reader& reader) {
  const std::string text = node.text_or("");
  double count = 0;
  char unit = 0;
  int read = 0;
  const bool whole = std::sscanf(text.c_str(), "%lf/%c%n", &count, &unit, &read) == 2 && static_cast<std::size_t>(read) == text.size();
  const double seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 0;
  if (!whole || seconds == 0 || count <= 0 || count / seconds > 1e6) return reader.fail(node, "'" + text + "' is no rate", "messages a second, minute or hour: 50/s, 200/m, 1000/h");
  rate = count / seconds;
}

}  // namespace

Instant Retry::pause(std::int64_t attempts_made) const {
  Instant pause = first;
  for (std::int64_t i = 1; i < attempts_made && pause < most; ++i) pause *= 2;
  return std::min(pause, most);
}

Instant Hours::next(Instant at) const {
  if (from == to) return at;
  const auto minutes_at = [&](Instant when) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0;
    std::sscanf(fhir_instant(when).c_str(), "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute);
    const int east = zone.offset_minutes(year, month, day, hour, minute);
    return static_cast<int>(((when + east * kMinute) % kDay) / kMinute);
  };
  const int now = minutes_at(at);
  const bool inside = from < to ? now >= from && now < to : now >= from || now < to;
  if (inside) return at;
  const int wait = (from - now + 24 * 60) % (24 * 60);
  return (at / kMinute + wait) * kMinute;
}

Destination read_destination(const config::Node& node, const std::string& hospital, const Zone& zone, std::vector<Issue>& issues) {
  Reader reader(issues);
  Destination out;
  out.hospital = hospital;
  out.place = node.place();
  out.hours.zone = zone;
  out.key = settings_key(node);
  reader.check(node.only({"name", "connections", "order", "retry", "rate", "hours", "send", "set", "drop", "charset", "outbound", "mllp", "file"}));
  out.name = node["name"].text_or("");
  if (!is_name(out.name)) reader.fail(node["name"] ? node["name"] : node, "a destination has a name", "up to 48 small letters, digits and hyphens");
  out.full_name = hospital + "/" + out.name;
  for (const sdk::Adapter* adapter : adapters()) {
    const config::Node settings = node[adapter->name];
    if (!settings) continue;
    if (!out.adapter.empty()) reader.fail(settings, "a destination has one adapter, and this one has '" + out.adapter + "' already", "make two destinations of it");
    out.adapter = std::string(adapter->name);
    out.settings = settings;
    reader.check(adapter->check_destination(settings));
  }
  if (out.adapter.empty()) reader.fail(node, "the destination says no adapter", "add one of: " + adapter_names());
  if (node["connections"]) reader.take(node["connections"].need_integer(1, 256), out.connections);
  if (const config::Node order = node["order"]) {
    const std::string word = order.text_or("");
    if (word == "feed") out.order = Order::feed;
    else if (word == "all") out.order = Order::all;
    else if (word != "patient") reader.fail(order, "'" + word + "' is no order", "patient: those of one patient one after another; feed: those of one feed; all");
  }
  read_retry(node["retry"], out.retry, reader);
  if (node["rate"]) read_rate(node["rate"], out.rate, reader);
  if (node["hours"]) read_hours(node["hours"], out.hours, reader);
  out.form = Form::read(node, issues);
  return out;
}

}  // namespace yilian::routing
