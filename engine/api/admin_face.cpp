#include "engine/api/admin_face.h"

#include <charconv>

#include "engine/api/explanation.h"
#include "engine/api/outcome.h"
#include "engine/api/scope.h"
#include "engine/fhir/json.h"
#include "engine/hl7v2/message.h"

namespace yilian::api {
namespace {

const char* name(journal::State state) {
  switch (state) {
    case journal::State::stored: return "stored";
    case journal::State::parked: return "parked";
    case journal::State::refused: return "refused";
    case journal::State::noise: return "noise";
  }
  return "unknown";
}

void member(std::string& json, const char* name, std::string_view value) {
  json.append(",\"").append(name).append("\":");
  fhir::write_json_string(value, json);
}

// Text for people: decoded as it was read; what is no text at all is shown byte by byte.
std::string readable(std::string_view raw, std::string_view charset) {
  const auto known = text::charset_named(charset);
  if (auto decoded = text::to_utf8(raw, known.value_or(text::Charset::utf8))) return std::move(*decoded);
  if (auto decoded = text::to_utf8(raw, text::Charset::gb18030)) return std::move(*decoded);
  constexpr char digits[] = "0123456789ABCDEF";
  std::string shown;
  for (const char c : raw.substr(0, 65536)) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x80) {
      shown.push_back(c);
    } else {
      shown.append("\\x").push_back(digits[u >> 4]);
      shown.push_back(digits[u & 15]);
    }
  }
  return shown;
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

Result<std::int64_t> number_of(std::string_view text, const char* where) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return fail(Code::bad_value, "'" + std::string(text) + "' is no number", where);
  return number;
}

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

}  // namespace

net::Response AdminFace::handle(const net::Request& request, std::string_view path) {
  if (request.method != "GET" && request.method != "HEAD") return outcome(Issue{Code::not_allowed, Severity::error, "", request.method + " is not offered here", "offered: GET"});
  if (auto allowed = hold_to_all(scope_of(request)); !allowed) return outcome(allowed.error());
  Result<std::string> body = fail(Code::not_found, "nothing is served at this address", "", "known: messages, messages/<number>, messages/<number>/explain, status");
  if (path == "messages") {
    body = messages(request);
  } else if (path.rfind("messages/", 0) == 0) {
    const std::string_view rest = path.substr(9);
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) body = message(rest);
    else if (rest.substr(slash) == "/explain") body = explain(rest.substr(0, slash));
  } else if (path == "status") {
    body = status();
  }
  if (!body) return outcome(body.error());
  net::Response response;
  response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = std::move(*body);
  return response;
}

Result<std::string> AdminFace::messages(const net::Request& request) {
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
      if (value == "stored") query.state = journal::State::stored;
      else if (value == "parked") query.state = journal::State::parked;
      else if (value == "refused") query.state = journal::State::refused;
      else if (value == "noise") query.state = journal::State::noise;
      else return fail(Code::bad_value, "'" + value + "' is no state", "state", "stored, parked, refused or noise");
    } else if (name == "before") {
      YL_TRY(query.before, number_of(value, "before"));
    } else if (name == "count") {
      YL_TRY(const auto count, number_of(value, "count"));
      if (count < 1 || count > 1000) return fail(Code::bad_value, "is no number from 1 to 1000", "count");
      query.count = static_cast<std::size_t>(count);
    } else {
      return fail(Code::unsupported, "unknown parameter", name, "known: hospital, feed, patient, controlId, state, before, count");
    }
  }
  YL_TRY(const auto entries, database_.read([&](database::Connection& reader) -> Result<std::vector<journal::Entry>> { return journal::find(reader, query); }));
  std::string json = "{\"messages\":[";
  for (std::size_t i = 0; i < entries.size(); ++i) json.append(i == 0 ? "" : ",").append(head(entries[i])).append("}");
  json.append("]");
  if (entries.size() == query.count) json.append(",\"next\":").append(std::to_string(entries.back().number));
  return json.append("}");
}

Result<std::string> AdminFace::message(std::string_view number) {
  YL_TRY(const auto wanted, number_of(number, "message number"));
  YL_TRY(const auto entry, database_.read([&](database::Connection& reader) { return journal::read(reader, wanted); }));
  std::string json = head(entry);
  member(json, "text", readable(entry.raw, entry.charset));
  member(json, "answer", readable(entry.answer, "UTF-8"));
  json.append(",\"size\":").append(std::to_string(entry.raw.size())).append(",\"notices\":[");
  for (std::size_t i = 0; i < entry.notices.size(); ++i) {
    json.append(i == 0 ? "{\"where\":" : ",{\"where\":");
    fhir::write_json_string(entry.notices[i].first, json);
    member(json, "what", entry.notices[i].second);
    json.push_back('}');
  }
  return json.append("]}");
}

Result<std::string> AdminFace::explain(std::string_view number) {
  YL_TRY(const auto wanted, number_of(number, "message number"));
  const auto directory = alliance_.directory();
  YL_TRY(const auto explained, database_.read([&](database::Connection& reader) { return routing::explain(reader, *directory, wanted); }));
  return explanation_json(wanted, explained);
}

std::string AdminFace::status() {
  std::string json = "{\"entrances\":[";
  bool first = true;
  for (const auto& each : alliance_.status()) {
    json.append(first ? "{\"adapter\":" : ",{\"adapter\":");
    first = false;
    fhir::write_json_string(each.adapter, json);
    member(json, "address", each.address);
    json.append(",\"feeds\":[");
    for (std::size_t i = 0; i < each.feeds.size(); ++i) {
      if (i > 0) json.push_back(',');
      fhir::write_json_string(each.feeds[i], json);
    }
    json.append("],\"stored\":").append(std::to_string(each.stored)).append(",\"duplicates\":").append(std::to_string(each.duplicate));
    json.append(",\"parkedOrRefused\":").append(std::to_string(each.parked_or_refused)).append(",\"noise\":").append(std::to_string(each.noise));
    json.append(",\"notKept\":").append(std::to_string(each.not_kept)).append("}");
  }
  const auto counters = database_.counters();
  json.append("],\"database\":{\"commits\":").append(std::to_string(counters.commits)).append(",\"tasks\":").append(std::to_string(counters.tasks));
  return json.append("}}");
}

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
  const auto counters = database_.counters();
  text.append("# HELP yilian_commits_total Commits of the writer.\n# TYPE yilian_commits_total counter\nyilian_commits_total ").append(std::to_string(counters.commits));
  text.append("\n# HELP yilian_commit_tasks_total Tasks that shared them.\n# TYPE yilian_commit_tasks_total counter\nyilian_commit_tasks_total ").append(std::to_string(counters.tasks)).append("\n");
  net::Response response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(text);
  return response;
}

}  // namespace yilian::api
