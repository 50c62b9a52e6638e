// Prometheus text at /metrics. deploy/monitoring stands on these names; a test holds them together.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "engine/api/admin_face.h"
#include "engine/api/exposition.h"
#include "engine/api/problems.h"

namespace yilian::api {
namespace {

using journal::Fate;
using OutletState = routing::Outlet::Status::State;
using FeedState = routing::Alliance::FeedStatus::State;

void entrance_metrics(Exposition& out, const routing::Alliance& alliance) {
  const auto statuses = alliance.status();
  const auto family = [&](const char* name, const char* help, auto value) {
    out.family(name, "counter", help);
    for (const auto& each : statuses) out.sample({{"adapter", each.adapter}, {"address", each.address}}, value(each));
  };
  family("yilian_messages_stored_total", "Messages committed with their resources since the entrance was opened.", [](const auto& s) { return s.stored; });
  family("yilian_messages_duplicate_total", "Messages that had come before and were answered as then.", [](const auto& s) { return s.duplicate; });
  family("yilian_messages_failed_total", "Messages parked or refused.", [](const auto& s) { return s.parked_or_refused; });
  family("yilian_messages_not_kept_total", "Messages that could not be written and were answered so.", [](const auto& s) { return s.not_kept; });
  family("yilian_messages_turned_away_total", "Messages of feeds that are stopped; nothing of them was kept, and they were answered so.", [](const auto& s) { return s.turned_away; });
  family("yilian_noise_total", "Pieces of bytes that were no message.", [](const auto& s) { return s.noise; });
  family("yilian_message_microseconds_total", "Time from whole messages to their answers, summed.", [](const auto& s) { return s.microseconds; });
}

void feed_metrics(Exposition& out, database::Database& database, const routing::Alliance& alliance) {
  const auto counts = database.read([](database::Connection& reader) -> Result<std::vector<journal::Count>> { return journal::counts(reader); });
  if (counts) {
    // No counter: a replay makes a parked message a replaced one, and what was kept long enough is removed.
    out.family("yilian_messages", "gauge", "Messages that are kept, by feed and state; without a feed: of unknown senders.");
    for (const journal::Count& count : *counts) {
      out.sample({{"hospital", count.hospital}, {"feed", count.feed}, {"state", name(count.state)}}, count.messages);
    }
  }
  const auto feeds = alliance.feeds();
  const auto family = [&](const char* name, const char* kind, const char* help, auto value) {
    out.family(name, kind, help);
    for (const auto& each : feeds) out.sample({{"hospital", each.hospital}, {"feed", each.feed}}, static_cast<std::int64_t>(value(each)));
  };
  family("yilian_feed_up", "gauge", "1 while the feed runs or was stopped by hand; 0: it should run and does not.", [](const auto& f) { return f.state == FeedState::closed ? 0 : 1; });
  family("yilian_feed_stopped", "gauge", "1 while the feed is stopped by hand.", [](const auto& f) { return f.state == FeedState::stopped ? 1 : 0; });
  family("yilian_feed_stored_total", "counter", "Messages since the start that were stored.", [](const auto& f) { return f.tally->stored.load(); });
  family("yilian_feed_duplicates_total", "counter", "Messages since the start that had come before.", [](const auto& f) { return f.tally->duplicate.load(); });
  family("yilian_feed_not_kept_total", "counter", "Messages since the start that could not be written and were answered so.", [](const auto& f) { return f.tally->not_kept.load(); });
  family("yilian_feed_turned_away_total", "counter", "Messages since the start that came while the feed was stopped.", [](const auto& f) { return f.tally->turned_away.load(); });
  out.family("yilian_feed_last_message_timestamp_seconds", "gauge", "When its newest message came; missing: none since the start.");
  for (const auto& each : feeds) {
    if (const Instant last = each.tally->last; last > 0) out.seconds({{"hospital", each.hospital}, {"feed", each.feed}}, last);
  }
  // Feeds that are no longer configured have counted as well.
  const auto split = [](const std::string& name) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    return std::pair(name.substr(0, slash), name.substr(std::min(slash + 1, name.size())));
  };
  const auto tallies = alliance.tally().all();
  out.family("yilian_message_errors_total", "counter", "Messages parked or refused and bytes that were none, since the start, by cause; without a feed: of unknown senders.");
  for (const auto& [name, tally] : tallies) {
    const auto [hospital, feed] = split(name);
    for (std::size_t cause = 0; cause < tally->failed.size(); ++cause) {
      if (const auto count = tally->failed[cause].load(); count > 0) out.sample({{"hospital", hospital}, {"feed", feed}, {"cause", facts(static_cast<Code>(cause)).name}}, count);
    }
  }
  out.family("yilian_answer_seconds", "histogram", "From a whole message to its answer, since the start.");
  for (const auto& [name, tally] : tallies) {
    const auto [hospital, feed] = split(name);
    out.histogram({{"hospital", hospital}, {"feed", feed}}, tally->answered.snapshot());
  }
}

void destination_metrics(Exposition& out, const routing::Dispatcher& dispatcher) {
  const auto statuses = dispatcher.status();
  if (!statuses) return;  // the database is away: what it counts is not known
  const auto family = [&](const char* name, const char* kind, const char* help, auto value) {
    out.family(name, kind, help);
    for (const auto& each : *statuses) out.sample({{"destination", each.outlet.destination}}, static_cast<std::int64_t>(value(each)));
  };
  const auto fate = [](const auto& status, Fate which) { return status.by_fate[static_cast<std::size_t>(which)]; };
  family("yilian_deliveries_queued", "gauge", "Deliveries that were not tried yet.", [&](const auto& s) { return fate(s, Fate::queued); });
  family("yilian_deliveries_retrying", "gauge", "Deliveries that failed and are tried again.", [&](const auto& s) { return fate(s, Fate::retrying); });
  family("yilian_deliveries_dead", "gauge", "Dead letters: given up until somebody takes them up again.", [&](const auto& s) { return fate(s, Fate::dead); });
  family("yilian_deliveries_delivered_total", "counter", "Deliveries that the other side has confirmed.", [&](const auto& s) { return fate(s, Fate::delivered); });
  family("yilian_destination_up", "gauge", "0 while the destination cannot be reached.", [](const auto& s) { return s.outlet.state == OutletState::down ? 0 : 1; });
  family("yilian_destination_paused", "gauge", "1 while it is paused by hand.", [](const auto& s) { return s.outlet.state == OutletState::paused ? 1 : 0; });
  family("yilian_destination_outside_hours", "gauge", "1 while its hours have not come.", [](const auto& s) { return s.outlet.state == OutletState::outside_hours ? 1 : 0; });
  family("yilian_destination_connections", "gauge", "Connections that are sending.", [](const auto& s) { return s.outlet.lines; });
  family("yilian_delivery_oldest_seconds", "gauge", "Age of the oldest message that is not delivered.", [](const auto& s) { return s.oldest_received == 0 ? 0 : std::max<Instant>(0, now() - s.oldest_received) / 1'000'000; });
  family("yilian_delivery_refused_total", "counter", "Attempts since the start that the other side has refused.", [](const auto& s) { return s.outlet.refused; });
  family("yilian_delivery_doubtful_total", "counter", "Attempts since the start of which nobody knows whether they arrived.", [](const auto& s) { return s.outlet.doubtful; });
  family("yilian_delivery_microseconds_total", "counter", "Time from sending to the answer since the start, summed.", [](const auto& s) { return s.outlet.microseconds; });
  out.family("yilian_delivery_seconds", "histogram", "From when a message came to when it was delivered, since the start.");
  for (const auto& each : *statuses) {
    if (each.configured) out.histogram({{"destination", each.outlet.destination}}, each.outlet.delays);
  }
}

std::int64_t resident_bytes() {
  long pages = 0, resident = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return std::int64_t{resident} * ::sysconf(_SC_PAGESIZE);
}

// Of the embedded store: its file and its log.
std::int64_t store_bytes(const std::string& place) {
  std::int64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    struct stat about {};
    if (::stat((place + suffix).c_str(), &about) == 0) bytes += about.st_size;
  }
  return bytes;
}

}  // namespace

net::Response AdminFace::metrics() {
  Exposition out;
  out.family("yilian_build_info", "gauge", "The running version.");
  out.sample({{"version", version_}}, std::int64_t{1});
  entrance_metrics(out, alliance_);
  feed_metrics(out, database_, alliance_);
  destination_metrics(out, alliance_.dispatcher());
  const auto counters = database_.counters();
  const auto single = [&](const char* name, const char* kind, const char* help, auto value) {
    out.family(name, kind, help);
    out.sample({}, value);
  };
  single("yilian_commits_total", "counter", "Commits of the writer; each waits once for the disk (fsync).", counters.commits);
  single("yilian_commit_tasks_total", "counter", "Tasks that shared them.", counters.tasks);
  single("yilian_commit_failed_tasks_total", "counter", "Tasks that were refused.", counters.failed_tasks);
  single("yilian_commit_busy_total", "counter", "Tasks that were not even queued, because too many were.", counters.busy_refusals);
  if (const Disk disk = disk_of(data_folder_); disk.size > 0) {
    single("yilian_disk_size_bytes", "gauge", "The disk of the data folder.", disk.size);
    single("yilian_disk_free_bytes", "gauge", "What is free on it.", disk.free);
  }
  if (!store_file_.empty()) single("yilian_store_bytes", "gauge", "The embedded store's file and its log.", store_bytes(store_file_));
  single("process_resident_memory_bytes", "gauge", "Memory of the process.", resident_bytes());
  out.family("process_start_time_seconds", "gauge", "When it began.");
  out.seconds({}, alliance_.began());
  net::Response response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = out.take();
  return response;
}

}  // namespace yilian::api
