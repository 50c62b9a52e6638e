// Destinations and deliveries: what is stuck, since when, why; and what people do about it.

#include "engine/api/admin_face.h"
#include "engine/api/admin_json.h"

namespace yilian::api {
namespace {

using State = routing::Outlet::Status::State;

const char* name(State state) {
  switch (state) {
    case State::idle: return "idle";
    case State::sending: return "sending";
    case State::down: return "down";
    case State::paused: return "paused";
    case State::outside_hours: return "outside its hours";
    case State::waiting: return "waiting";
  }
  return "unknown";
}

std::string destination_of(const AdminFace::Call& call, std::size_t first) { return call.parts[first] + "/" + call.parts[first + 1]; }

}  // namespace

std::string AdminFace::delivery_json(const journal::Delivery& delivery) const {
  std::string json = "{\"message\":" + std::to_string(delivery.number);
  member(json, "destination", std::string_view(alliance_.dispatcher().name_of(delivery.destination)));
  member(json, "fate", name(delivery.fate));
  member(json, "attempts", delivery.attempts);
  member(json, "doubts", delivery.doubts);
  moment(json, "first", delivery.first);
  moment(json, "last", delivery.last);
  member(json, "microseconds", delivery.took);
  moment(json, "next", delivery.next);
  member(json, "error", std::string_view(delivery.error));
  member(json, "answer", std::string_view(readable(delivery.answer, "UTF-8")));
  return json.append("}");
}

Result<std::string> AdminFace::deliveries_of(const Call& call) {
  YL_TRY(const auto number, number_of(call.parts[0], "message number"));
  YL_TRY(const auto found, database_.read([&](database::Connection& reader) -> Result<std::vector<journal::Delivery>> { return journal::deliveries_of(reader, number); }));
  std::string json = "{\"deliveries\":[";
  for (std::size_t i = 0; i < found.size(); ++i) json.append(i == 0 ? "" : ",").append(delivery_json(found[i]));
  return json.append("]}");
}

Result<std::string> AdminFace::deliveries(const Call& call) {
  journal::DeliveryQuery query;
  for (const auto& [name, value] : call.request.query) {
    if (name == "destination") {
      const std::int64_t number = alliance_.dispatcher().number_of(value);
      if (number == 0) return fail(Code::not_found, "there is no destination '" + value + "'", "destination", "hospital/name, as `yilian status` lists them");
      query.destination = number;
    } else if (name == "fate") {
      query.fate = journal::fate_named(value);
      if (!query.fate || *query.fate == journal::Fate::queued) return fail(Code::bad_value, "'" + value + "' cannot be asked for", "fate", "delivered, retrying, dead or dropped");
    } else if (name == "before") {
      YL_TRY(query.before, number_of(value, "before"));
    } else {
      YL_TRY(query.count, count_of(value));
    }
  }
  struct Found {
    journal::Delivery delivery;
    journal::Entry entry;
  };
  // With what tells people which message it is.
  YL_TRY(const auto found, database_.read([&](database::Connection& reader) -> Result<std::vector<Found>> {
    std::vector<Found> out;
    for (journal::Delivery& each : journal::deliveries(reader, query)) {
      YL_TRY(auto heads, journal::find(reader, {.before = each.number + 1, .after = each.number - 1, .count = 1}));
      out.push_back({std::move(each), heads.empty() ? journal::Entry() : std::move(heads.front())});
    }
    return out;
  }));
  std::string json = "{\"deliveries\":[";
  for (std::size_t i = 0; i < found.size(); ++i) {
    json.append(i == 0 ? "" : ",").append(delivery_json(found[i].delivery));
    json.pop_back();
    const journal::Entry& entry = found[i].entry;
    moment(json, "received", entry.received);
    member(json, "hospital", entry.hospital);
    member(json, "feed", entry.feed);
    member(json, "type", entry.type);
    member(json, "event", entry.event);
    member(json, "controlId", entry.control_id);
    member(json, "patient", entry.patient);
    json.append("}");
  }
  json.append("]");
  if (found.size() == query.count) member(json, "next", found.back().delivery.number);
  return json.append("}");
}

Result<std::string> AdminFace::destinations(const Call&) {
  YL_TRY(const auto statuses, alliance_.dispatcher().status());
  std::string json = "{\"destinations\":[";
  bool first = true;
  for (const auto& each : statuses) {
    json.append(first ? "{\"configured\":" : ",{\"configured\":").append(each.configured ? "true" : "false");
    first = false;
    member(json, "destination", std::string_view(each.outlet.destination));
    member(json, "adapter", std::string_view(each.outlet.adapter));
    member(json, "to", std::string_view(each.outlet.to));
    member(json, "state", each.configured ? name(each.outlet.state) : "not configured");
    moment(json, "since", each.outlet.since);
    moment(json, "next", each.outlet.next);
    member(json, "error", std::string_view(each.outlet.error));
    member(json, "connections", static_cast<std::int64_t>(each.outlet.lines));
    member(json, "answered", static_cast<std::int64_t>(each.outlet.sent + each.outlet.refused));
    member(json, "doubtful", static_cast<std::int64_t>(each.outlet.doubtful));
    member(json, "microseconds", static_cast<std::int64_t>(each.outlet.microseconds));
    for (int fate = 0; fate <= 4; ++fate) member(json, name(static_cast<journal::Fate>(fate)), each.by_fate[static_cast<std::size_t>(fate)]);
    if (each.oldest_message > 0) member(json, "oldestMessage", each.oldest_message);
    moment(json, "oldestReceived", each.oldest_received);
    json.append("}");
  }
  return json.append("]}");
}

Result<std::string> AdminFace::pause(const Call& call) {
  YL_CHECK(alliance_.dispatcher().pause(destination_of(call, 0), true));
  return done("paused");
}

Result<std::string> AdminFace::resume(const Call& call) {
  YL_CHECK(alliance_.dispatcher().pause(destination_of(call, 0), false));
  return done("resumed");
}

Result<std::string> AdminFace::retry_all(const Call& call) {
  YL_TRY(const auto count, alliance_.dispatcher().try_all_again(destination_of(call, 0)));
  return done("tried again", count);
}

Result<std::string> AdminFace::retry(const Call& call) {
  YL_TRY(const auto number, number_of(call.parts[0], "message number"));
  YL_CHECK(alliance_.dispatcher().try_again(destination_of(call, 1), number));
  return done("tried again");
}

Result<std::string> AdminFace::drop(const Call& call) {
  YL_TRY(const auto number, number_of(call.parts[0], "message number"));
  YL_CHECK(alliance_.dispatcher().drop(destination_of(call, 1), number));
  return done("dropped");
}

}  // namespace yilian::api
