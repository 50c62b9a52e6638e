#include "engine/api/admin_face.h"
#include "engine/api/admin_json.h"
#include "engine/api/explanation.h"
#include "engine/fhir/json.h"
#include "engine/hl7v2/message.h"
#include "engine/text/base64.h"

namespace yilian::api {
namespace {

// What a message says of itself, or that the one it was made of was read as.
std::string charset_of(std::string_view body, const std::string& otherwise) {
  const auto read = hl7v2::read(body, text::charset_named(otherwise));
  return read ? std::string(text::name(read->charset)) : "UTF-8";
}

std::string head(const journal::Entry& entry) {
  std::string json = "{\"number\":" + std::to_string(entry.number);
  member(json, "received", fhir_instant(entry.received));
  member(json, "hospital", entry.hospital);
  member(json, "feed", entry.feed);
  member(json, "peer", entry.peer);
  member(json, "type", entry.type);
  member(json, "event", entry.event);
  member(json, "structure", entry.structure);
  member(json, "controlId", entry.control_id);
  member(json, "sender", entry.sender);
  member(json, "charset", entry.charset);
  member(json, "state", name(entry.state));
  member(json, "error", entry.error);
  member(json, "patient", entry.patient);
  return json;
}

// The conditions of a search for messages; that others are not asked is seen to before.
Result<journal::Query> query_of(const net::Request& request) {
  journal::Query query;
  for (const auto& [name, value] : request.query) {
    if (name == "hospital") {
      query.hospital = value;
    } else if (name == "feed") {
      query.feed = value;
    } else if (name == "patient") {
      query.patient = value;
    } else if (name == "controlId") {
      query.control_id = value;
    } else if (name == "state") {
      query.state = journal::state_named(value);
      if (!query.state) return fail(Code::bad_value, "'" + value + "' is no state", "state", "stored, parked, refused, noise or replaced");
    } else if (name == "type") {
      query.type = value;
    } else if (name == "content") {
      query.content = value;
    } else if (name == "from" || name == "to") {
      const auto moment = parse_instant(value);
      if (!moment) return fail(Code::bad_value, "'" + value + "' is no moment", name, "with its zone, like 2026-11-24T08:30:00+08:00");
      (name == "from" ? query.from : query.to) = *moment;
    } else if (name == "before") {
      YL_TRY(query.before, number_of(value, "before"));
    } else if (name == "after") {
      YL_TRY(query.after, number_of(value, "after"));
    } else {
      YL_TRY(query.count, count_of(value));
    }
  }
  return query;
}

const char* name(routing::Replay::Job::State state) {
  using State = routing::Replay::Job::State;
  switch (state) {
    case State::running: return "running";
    case State::done: return "done";
    case State::cancelled: return "cancelled";
    case State::broken_off: return "broken off";
  }
  return "unknown";
}

std::string job_json(const routing::Replay::Job& job) {
  std::string json = "{\"replay\":" + std::to_string(job.id);
  member(json, "state", name(job.state));
  member(json, "error", std::string_view(job.error));
  moment(json, "begun", job.begun);
  member(json, "wanted", job.wanted);
  member(json, "done", job.done);
  member(json, "failed", job.failed);
  return json.append("}");
}

}  // namespace

Result<std::string> AdminFace::messages(const Call& call) {
  YL_TRY(const auto query, query_of(call.request));
  std::int64_t newest = 0;
  YL_TRY(const auto entries, database_.read([&](database::Connection& reader) -> Result<std::vector<journal::Entry>> {
    newest = journal::newest(reader);
    return journal::find(reader, query);
  }));
  std::string json = "{\"messages\":[";
  for (std::size_t i = 0; i < entries.size(); ++i) json.append(i == 0 ? "" : ",").append(head(entries[i])).append("}");
  json.append("]");
  member(json, "newest", newest);
  if (entries.size() == query.count) json.append(",\"next\":").append(std::to_string(entries.back().number));
  return json.append("}");
}

Result<std::string> AdminFace::message(const Call& call) {
  YL_TRY(const auto wanted, number_of(call.parts[0], "message number"));
  YL_TRY(const auto entry, database_.read([&](database::Connection& reader) { return journal::read(reader, wanted); }));
  std::string json = head(entry);
  member(json, "text", readable(entry.raw, entry.charset));
  for (const auto& [name, value] : call.request.query) {
    if (value != "base64") return fail(Code::bad_value, "'" + value + "' is no form for bytes", name, "base64");
    member(json, "raw", text::to_base64(entry.raw));
  }
  member(json, "answer", readable(entry.answer, "UTF-8"));
  YL_TRY(const auto copies, database_.read([&](database::Connection& reader) -> Result<journal::Copies> { return journal::copies(reader, wanted); }));
  if (copies.of != 0) member(json, "replayOf", copies.of);
  if (!copies.replays.empty()) {
    json.append(",\"replayedAs\":[");
    for (std::size_t i = 0; i < copies.replays.size(); ++i) json.append(i == 0 ? "" : ",").append(std::to_string(copies.replays[i]));
    json.append("]");
  }
  json.append(",\"size\":").append(std::to_string(entry.raw.size())).append(",\"notices\":[");
  for (std::size_t i = 0; i < entry.notices.size(); ++i) {
    json.append(i == 0 ? "{\"where\":" : ",{\"where\":");
    fhir::write_json_string(entry.notices[i].first, json);
    member(json, "what", entry.notices[i].second);
    json.push_back('}');
  }
  return json.append("]}");
}

Result<std::string> AdminFace::explain(const Call& call) {
  YL_TRY(const auto wanted, number_of(call.parts[0], "message number"));
  const auto directory = alliance_.directory();
  YL_TRY(const auto explained, database_.read([&](database::Connection& reader) { return routing::explain(reader, *directory, wanted); }));
  return explanation_json(wanted, explained);
}

Result<std::string> AdminFace::bundle(const Call& call) {
  YL_TRY(const auto wanted, number_of(call.parts[0], "message number"));
  const auto directory = alliance_.directory();
  return database_.read([&](database::Connection& reader) { return routing::bundle_of(reader, *directory, wanted); });
}

Result<std::string> AdminFace::sent(const Call& call) {
  YL_TRY(const auto wanted, number_of(call.parts[0], "message number"));
  const std::string name = call.parts[1] + "/" + call.parts[2];
  const auto directory = alliance_.directory();
  const routing::Destination* const destination = directory->destination(name);
  if (destination == nullptr) return fail(Code::not_found, "there is no destination '" + name + "'", "destination", "`yilian destinations list` names them");
  YL_TRY(const auto entry, database_.read([&](database::Connection& reader) { return journal::read(reader, wanted); }));
  YL_TRY(const auto bodies, destination->form.make(entry.raw, directory->inlet(entry.hospital, entry.feed), entry.received));
  std::string json = "{\"message\":" + std::to_string(wanted);
  member(json, "destination", name);
  json.append(",\"bodies\":[");
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (i > 0) json.push_back(',');
    fhir::write_json_string(readable(bodies[i], charset_of(bodies[i], entry.charset)), json);
  }
  return json.append("]}");
}

// The body, where there is one, is the edited text.
Result<std::string> AdminFace::replay(const Call& call) {
  YL_TRY(const auto number, number_of(call.parts[0], "message number"));
  const std::string& text = call.request.body;
  YL_TRY(const auto again, alliance_.replay().once_more(*alliance_.directory(), number, text.empty() ? std::nullopt : std::optional<std::string>(text)));
  std::string json = "{\"message\":" + std::to_string(again.number);
  member(json, "replayOf", number);
  member(json, "error", std::string_view(again.error));
  json.append(",\"destinations\":[");
  for (std::size_t i = 0; i < again.destinations.size(); ++i) {
    if (i > 0) json.push_back(',');
    fhir::write_json_string(again.destinations[i], json);
  }
  return json.append("]}");
}

Result<std::string> AdminFace::replay_many(const Call& call) {
  if (call.request.query.empty()) return fail(Code::required_missing, "that would be every message there is", "replays", "say which: hospital, feed, patient, controlId, type, state, content, from, to");
  YL_TRY(const auto query, query_of(call.request));
  YL_TRY(const auto job, alliance_.replay().begin([this] { return alliance_.directory(); }, query));
  return job_json(job);
}

Result<std::string> AdminFace::replays(const Call&) {
  std::string json = "{\"replays\":[";
  bool first = true;
  for (const auto& job : alliance_.replay().jobs()) {
    json.append(first ? "" : ",").append(job_json(job));
    first = false;
  }
  return json.append("]}");
}

Result<std::string> AdminFace::cancel_replay(const Call& call) {
  YL_TRY(const auto id, number_of(call.parts[0], "replay"));
  YL_CHECK(alliance_.replay().cancel(id));
  return replays(call);
}

}  // namespace yilian::api
