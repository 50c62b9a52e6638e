// Prometheus text at /metrics.

#include "engine/api/admin_face.h"

namespace yilian::api {
namespace {

// Prometheus text format: a label value escapes backslash, quote and line feed.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out.append("\\n");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

void destination_metrics(std::string& text, const routing::Dispatcher& dispatcher) {
  const auto statuses = dispatcher.status();
  if (!statuses) return;  // the database is away: what it counts is not known
  const auto family = [&](const char* name, const char* kind, const char* help, auto value) {
    text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(kind).append("\n");
    for (const auto& each : *statuses) {
      text.append(name).append("{destination=\"").append(label(each.outlet.destination)).append("\"} ").append(std::to_string(value(each))).append("\n");
    }
  };
  const auto fate = [](const auto& status, journal::Fate which) { return status.by_fate[static_cast<std::size_t>(which)]; };
  family("yilian_deliveries_queued", "gauge", "Deliveries that were not tried yet.", [&](const auto& s) { return fate(s, journal::Fate::queued); });
  family("yilian_deliveries_retrying", "gauge", "Deliveries that failed and are tried again.", [&](const auto& s) { return fate(s, journal::Fate::retrying); });
  family("yilian_deliveries_dead", "gauge", "Dead letters: given up until somebody takes them up again.", [&](const auto& s) { return fate(s, journal::Fate::dead); });
  family("yilian_deliveries_delivered_total", "counter", "Deliveries that the other side has confirmed.", [&](const auto& s) { return fate(s, journal::Fate::delivered); });
  family("yilian_destination_up", "gauge", "0 while the destination cannot be reached.", [](const auto& s) { return s.outlet.state == routing::Outlet::Status::State::down ? 0 : 1; });
  family("yilian_delivery_oldest_seconds", "gauge", "Age of the oldest message that is not delivered.",
         [](const auto& s) { return s.oldest_received == 0 ? 0 : (now() - s.oldest_received) / 1'000'000; });
  family("yilian_delivery_doubtful_total", "counter", "Attempts since the start of which nobody knows whether they arrived.", [](const auto& s) { return s.outlet.doubtful; });
  family("yilian_delivery_microseconds_total", "counter", "Time from sending to the answer since the start, summed.", [](const auto& s) { return s.outlet.microseconds; });
}

}  // namespace

net::Response AdminFace::metrics() {
  std::string text;
  const auto statuses = alliance_.status();
  const auto family = [&](const char* name, const char* help, auto value) {
    text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" counter\n");
    for (const auto& each : statuses) {
      text.append(name).append("{adapter=\"").append(label(each.adapter)).append("\",address=\"").append(label(each.address)).append("\"} ");
      text.append(std::to_string(value(each))).append("\n");
    }
  };
  family("yilian_messages_stored_total", "Messages committed with their resources since the start.", [](const auto& s) { return s.stored; });
  family("yilian_messages_duplicate_total", "Messages that had come before and were answered as then.", [](const auto& s) { return s.duplicate; });
  family("yilian_messages_failed_total", "Messages parked or refused.", [](const auto& s) { return s.parked_or_refused; });
  family("yilian_messages_not_kept_total", "Messages that could not be written and were answered so.", [](const auto& s) { return s.not_kept; });
  family("yilian_noise_total", "Pieces of bytes that were no message.", [](const auto& s) { return s.noise; });
  family("yilian_message_microseconds_total", "Time from whole messages to their answers, summed.", [](const auto& s) { return s.microseconds; });
  destination_metrics(text, alliance_.dispatcher());
  const auto counters = database_.counters();
  text.append("# HELP yilian_commits_total Commits of the writer.\n# TYPE yilian_commits_total counter\nyilian_commits_total ").append(std::to_string(counters.commits));
  text.append("\n# HELP yilian_commit_tasks_total Tasks that shared them.\n# TYPE yilian_commit_tasks_total counter\nyilian_commit_tasks_total ").append(std::to_string(counters.tasks)).append("\n");
  net::Response response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(text);
  return response;
}

}  // namespace yilian::api
