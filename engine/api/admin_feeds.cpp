// Feeds: which run, what came by them and when; stopping and starting one.

#include <map>

#include "engine/api/admin_face.h"
#include "engine/api/admin_json.h"

namespace yilian::api {
namespace {

using State = routing::Alliance::FeedStatus::State;

const char* name(State state) {
  switch (state) {
    case State::running: return "running";
    case State::stopped: return "stopped";
    case State::closed: return "closed";
  }
  return "unknown";
}

}  // namespace

Result<std::string> AdminFace::feeds(const Call&) {
  YL_TRY(const auto counts, database_.read([](database::Connection& reader) -> Result<std::vector<journal::Count>> { return journal::counts(reader); }));
  std::map<std::string, std::array<std::int64_t, 5>> by_feed;  // index: journal::State
  for (const journal::Count& count : counts) {
    if (const auto state = static_cast<std::size_t>(count.state); state < 5) by_feed[count.hospital + "/" + count.feed][state] += count.messages;
  }
  std::string json = "{\"feeds\":[";
  bool first = true;
  for (const auto& each : alliance_.feeds()) {
    json.append(first ? "{" : ",{").append("\"state\":\"").append(name(each.state)).append("\"");
    first = false;
    const std::string full = each.hospital + "/" + each.feed;
    member(json, "feed", full);
    member(json, "hospital", each.hospital);
    member(json, "hospitalName", each.hospital_name);
    member(json, "name", each.feed);
    member(json, "system", each.system);
    member(json, "sender", each.sender);
    member(json, "adapter", each.adapter);
    member(json, "address", each.address);
    member(json, "zone", each.zone);
    moment(json, "since", each.since);
    member(json, "error", each.error);
    moment(json, "lastReceived", each.tally->last);
    const auto& kept = by_feed[full];
    member(json, "stored", kept[static_cast<std::size_t>(journal::State::stored)]);
    member(json, "parked", kept[static_cast<std::size_t>(journal::State::parked)]);
    member(json, "refused", kept[static_cast<std::size_t>(journal::State::refused)]);
    member(json, "duplicates", static_cast<std::int64_t>(each.tally->duplicate));
    member(json, "notKept", static_cast<std::int64_t>(each.tally->not_kept));
    member(json, "turnedAway", static_cast<std::int64_t>(each.tally->turned_away));
    const auto answered = each.tally->answered.snapshot();
    member(json, "answered", static_cast<std::int64_t>(answered.total));
    member(json, "microseconds", static_cast<std::int64_t>(answered.microseconds));
    json.append("}");
  }
  json.append("]");
  moment(json, "began", alliance_.began());
  return json.append("}");
}

Result<std::string> AdminFace::stop_feed(const Call& call) {
  YL_CHECK(alliance_.stop_feed(call.parts[0], call.parts[1]));
  return done("stopped");
}

Result<std::string> AdminFace::start_feed(const Call& call) {
  YL_CHECK(alliance_.start_feed(call.parts[0], call.parts[1]));
  return done("started");
}

}  // namespace yilian::api
