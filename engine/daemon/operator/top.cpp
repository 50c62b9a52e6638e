#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

// What is counted up, of one feed or destination.
struct Sample {
  std::int64_t done = 0, failed = 0, answered = 0, microseconds = 0;
};
struct Round {
  Instant at = 0;
  std::map<std::string, Sample> feeds, destinations;
};

struct Rate {
  double done = 0, failed = 0, milliseconds = 0;
};

Rate rate(const Sample& now, const Sample& before, double seconds) {
  Rate out;
  // A daemon that was started anew counts from nothing.
  const auto grown = [](std::int64_t a, std::int64_t b) { return static_cast<double>(std::max<std::int64_t>(0, a - b)); };
  out.done = grown(now.done, before.done) / seconds;
  out.failed = grown(now.failed, before.failed) / seconds;
  const double answered = grown(now.answered, before.answered);
  out.milliseconds = answered > 0 ? grown(now.microseconds, before.microseconds) / answered / 1000 : 0;
  return out;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.1f" : "%.0f", value);
  return text;
}

Sample feed_sample(const fhir::Json& feed) {
  return {number_at(feed, "answered"), number_at(feed, "parked") + number_at(feed, "refused") + number_at(feed, "notKept") + number_at(feed, "turnedAway"), number_at(feed, "answered"),
          number_at(feed, "microseconds")};
}

Sample destination_sample(const fhir::Json& each) {
  return {number_at(each, "delivered"), number_at(each, "answered") - number_at(each, "delivered"), number_at(each, "answered"), number_at(each, "microseconds")};
}

std::string shown(Console& daemon, const fhir::Json& feeds, const fhir::Json& destinations, const Round& before, Round& round) {
  const double seconds = std::max(0.001, static_cast<double>(round.at - before.at) / 1e6);
  double in = 0, out_rate = 0;
  Table feed_table({"FEED", ">IN/s", ">ms", ">ERRORS/s", "STATE", "LAST MESSAGE"});
  for (const fhir::Json& feed : list_at(feeds, "feeds").items()) {
    const std::string name(feed.text_at("feed"));
    const Sample now = round.feeds[name] = feed_sample(feed);
    const auto last = before.feeds.find(name);
    const Rate r = rate(now, last != before.feeds.end() ? last->second : now, seconds);
    in += r.done;
    feed_table.add({name, number(r.done), r.milliseconds > 0 ? number(r.milliseconds) : "", number(r.failed), std::string(feed.text_at("state")), daemon.moment(feed, "lastReceived", name)});
  }
  Table destination_table({"DESTINATION", ">OUT/s", ">ms", ">QUEUED", "OLDEST WAITS", ">RETRYING", ">DEAD", "STATE", "WHY"});
  for (const fhir::Json& each : list_at(destinations, "destinations").items()) {
    const std::string name(each.text_at("destination"));
    const Sample now = round.destinations[name] = destination_sample(each);
    const auto last = before.destinations.find(name);
    const Rate r = rate(now, last != before.destinations.end() ? last->second : now, seconds);
    out_rate += r.done;
    destination_table.add({name, number(r.done), r.milliseconds > 0 ? number(r.milliseconds) : "", std::to_string(number_at(each, "queued")), daemon.ago(each, "oldestReceived"), std::to_string(number_at(each, "retrying")),
                           std::to_string(number_at(each, "dead")), std::string(each.text_at("state")), std::string(each.text_at("error"))});
  }
  std::string out = wall_clock(round.at, daemon.zone("")) + "  " + daemon.url() + "  in " + number(in) + "/s, out " + number(out_rate) + "/s\n\n" + feed_table.text();
  if (!destination_table.empty()) out.append("\n").append(destination_table.text());
  return out;
}

std::string as_json(const Round& round, const Round& before) {
  const double seconds = std::max(0.001, static_cast<double>(round.at - before.at) / 1e6);
  std::string json = "{\"time\":\"" + fhir_instant(round.at) + "\"";
  const auto list = [&](const char* what, const char* one, const std::map<std::string, Sample>& now, const std::map<std::string, Sample>& then) {
    json.append(",\"").append(what).append("\":[");
    bool first = true;
    for (const auto& [name, sample] : now) {
      const auto last = then.find(name);
      const Rate r = rate(sample, last != then.end() ? last->second : sample, seconds);
      json.append(first ? "{\"" : ",{\"").append(one).append("\":");
      fhir::write_json_string(name, json);
      char text[96];
      std::snprintf(text, sizeof text, ",\"perSecond\":%.3f,\"errorsPerSecond\":%.3f,\"milliseconds\":%.3f}", r.done, r.failed, r.milliseconds);
      json.append(text);
      first = false;
    }
    json.append("]");
  };
  list("feeds", "feed", round.feeds, before.feeds);
  list("destinations", "destination", round.destinations, before.destinations);
  return json.append("}\n");
}

}  // namespace

int top(const Where& where, const TopOptions& options) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  Console& daemon = **console;
  if (auto zones = daemon.learn_zones(); !zones) return failed(zones.error());
  const bool screen = !where.json && ::isatty(STDOUT_FILENO) == 1;
  Round before;
  // Rates need two looks: the first is not shown.
  for (std::int64_t round_number = 0; options.rounds == 0 || round_number <= options.rounds; ++round_number) {
    if (round_number > 0) std::this_thread::sleep_for(std::chrono::duration<double>(options.interval_seconds));
    daemon.forget();
    Round round;
    const auto feeds = daemon.get("feeds");
    if (!feeds) return failed(feeds.error());
    const auto destinations = daemon.get("destinations");
    if (!destinations) return failed(destinations.error());
    round.at = now();
    std::string out = shown(daemon, **feeds, **destinations, before, round);
    if (round_number > 0) {
      if (where.json) out = as_json(round, before);
      else if (screen) out = "\x1b[H\x1b[2J" + out;
      else out.append("\n");
      if (!put(out)) return 1;
      std::fflush(stdout);
    }
    before = std::move(round);
  }
  return 0;
}

}  // namespace yilian::daemon
