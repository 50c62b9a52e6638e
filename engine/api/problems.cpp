#include "engine/api/problems.h"

#include <algorithm>
#include <filesystem>

#include "engine/journal/journal.h"

namespace yilian::api {
namespace {

using journal::Fate;
using State = routing::Outlet::Status::State;
using FeedState = routing::Alliance::FeedStatus::State;

constexpr Instant kLong = 600'000'000;          // a message that waits longer is told
constexpr Instant kLately = 86'400'000'000;     // messages that failed are told for so long
constexpr std::size_t kMostCounted = 1000;

std::int64_t of(const routing::Dispatcher::Status& status, Fate fate) { return status.by_fate[static_cast<std::size_t>(fate)]; }

std::string messages(std::int64_t count) { return std::to_string(count) + (count == 1 ? " message" : " messages"); }

// "is down: nothing answers. 12 messages wait"
std::string and_wait(std::string text, std::int64_t waiting) { return waiting > 0 ? text + "; " + messages(waiting) + (waiting == 1 ? " waits" : " wait") : text; }

// The newest delivery there that has come to this.
std::optional<journal::Delivery> newest(database::Connection& reader, std::int64_t destination, Fate fate) {
  auto found = journal::deliveries(reader, {.destination = destination, .fate = fate, .count = 1});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void of_destination(const routing::Dispatcher::Status& status, const routing::Dispatcher& dispatcher, database::Connection& reader, Instant present, std::vector<Problem>& out) {
  const std::string& name = status.outlet.destination;
  const std::int64_t waiting = of(status, Fate::queued) + of(status, Fate::retrying), dead = of(status, Fate::dead);
  const auto tell = [&](Severity severity, Instant since, std::string what, std::string cure) {
    out.push_back({severity, "destination", name, since, std::move(what), std::move(cure)});
  };
  const std::size_t before = out.size();
  if (!status.configured && waiting > 0) {
    tell(Severity::error, status.oldest_received, and_wait("is no longer configured", waiting), "Put it back into the hospital's file and reload, or it keeps them for ever");
  } else if (status.outlet.state == State::down) {
    tell(Severity::error, status.outlet.since, and_wait("cannot be reached: " + status.outlet.error, waiting),
         "See whether the system at " + status.outlet.to + " runs and can be reached from here. Nothing is lost: it is tried again by itself");
  } else if (status.outlet.state == State::paused) {
    tell(waiting > 0 ? Severity::warning : Severity::information, status.oldest_received, and_wait("is paused", waiting), "yilian destinations resume " + name);
  } else if (status.outlet.state == State::outside_hours) {
    if (waiting > 0) tell(Severity::information, status.oldest_received, and_wait("is outside its hours", waiting), "It goes on at its hours; they are in the hospital's file");
  } else if (of(status, Fate::retrying) > 0) {
    const auto last = newest(reader, dispatcher.number_of(name), Fate::retrying);
    tell(Severity::warning, last ? last->first : 0, messages(of(status, Fate::retrying)) + " did not get through and will be tried again; what follows of the same patients waits" + (last ? ": " + last->error : ""),
         "yilian messages show " + (last ? std::to_string(last->number) : "NUMBER"));
  }
  if (dead > 0) {
    const auto last = newest(reader, dispatcher.number_of(name), Fate::dead);
    tell(Severity::error, last ? last->last : 0, std::to_string(dead) + (dead == 1 ? " dead letter" : " dead letters") + (last ? ", the newest: " + last->error : ""),
         "yilian deadletters list " + name + "; when the cause is mended: yilian deadletters retry " + name + " --all");
  }
  if (out.size() == before && status.oldest_received > 0 && present - status.oldest_received > kLong) {
    tell(Severity::warning, status.oldest_received, and_wait("is behind", waiting), "It is slower than what comes: more `connections`, a higher `rate`, or ask those who keep the receiver");
  }
}

void of_feed(const routing::Alliance::FeedStatus& feed, std::vector<Problem>& out) {
  const std::string name = feed.hospital + "/" + feed.feed;
  if (feed.state == FeedState::stopped) {
    out.push_back({Severity::information, "feed", name, feed.since, "was stopped by hand and takes no messages", "yilian feeds start " + name});
  } else if (feed.state == FeedState::closed) {
    out.push_back({Severity::error, "feed", name, 0, "does not run" + (feed.error.empty() ? std::string() : ": " + feed.error), "Mend the cause, then have the configuration read again: systemctl reload yilian, or SIGHUP"});
  }
}

Result<void> of_messages(database::Connection& reader, journal::State state, const char* word, Severity severity, const char* cure, Instant present, std::vector<Problem>& out) {
  YL_TRY(const auto found, journal::find(reader, {.state = state, .from = present - kLately, .count = kMostCounted}));
  if (found.empty()) return {};
  const auto& last = found.front();
  std::string what = found.size() == kMostCounted ? "1000 or more" : std::to_string(found.size());
  what.append(" ").append(word).append(" in the last 24 hours, the newest ").append(std::to_string(last.number));
  if (!last.feed.empty()) what.append(" of ").append(last.hospital).append("/").append(last.feed);
  what.append(": ").append(last.error);
  out.push_back({severity, "messages", word, found.back().received, std::move(what), cure});
  return {};
}

}  // namespace

Disk disk_of(const std::string& folder) {
  std::error_code error;
  if (folder.empty()) return {};
  const auto space = std::filesystem::space(folder, error);
  if (error) return {};
  return {space.capacity, space.available};
}

Result<std::vector<Problem>> problems(database::Database& database, const routing::Alliance& alliance, const std::vector<routing::Dispatcher::Status>& destinations,
                                      const std::string& data_folder) {
  std::vector<Problem> out;
  const Instant present = now();
  for (const auto& feed : alliance.feeds()) of_feed(feed, out);
  YL_CHECK(database.read([&](database::Connection& reader) -> Result<void> {
    for (const auto& status : destinations) of_destination(status, alliance.dispatcher(), reader, present, out);
    YL_CHECK(of_messages(reader, journal::State::parked, "parked", Severity::warning, "yilian messages find --state parked; when the mapping is mended: yilian replay --state parked", present, out));
    YL_CHECK(of_messages(reader, journal::State::refused, "refused", Severity::warning, "yilian messages find --state refused; the senders were told. When the cause is mended here: yilian replay --state refused", present, out));
    YL_CHECK(of_messages(reader, journal::State::noise, "noise", Severity::information, "yilian messages find --state noise; something that is no HL7 sender reaches the port", present, out));
    return {};
  }));
  if (const Disk disk = disk_of(data_folder); disk.size > 0 && disk.free < disk.size / 10) {
    const bool full = disk.free < disk.size / 33;
    out.push_back({full ? Severity::error : Severity::warning, "disk", data_folder, 0, std::to_string(disk.free / 1'000'000) + " MB are left on the disk of the data folder",
                   "Free some space: what does not fit is not accepted, senders keep it"});
  }
  std::stable_sort(out.begin(), out.end(), [](const Problem& a, const Problem& b) { return a.severity > b.severity; });
  return out;
}

}  // namespace yilian::api
