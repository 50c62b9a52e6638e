#include "engine/api/transaction.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "engine/api/bundle.h"
#include "engine/api/outcome.h"
#include "engine/base/uuid.h"
#include "engine/fhir/definitions.h"

namespace yilian::api {
namespace {

using fhir::Json;

constexpr std::size_t kMostEntries = 20'000;

enum class Verb : std::uint8_t { remove, create, update, read };

struct Entry {
  std::size_t position;
  Verb verb;
  std::string type, id;
  std::optional<std::int64_t> expected;
  records::Parameters query;             // of a GET search
  bool search = false;
  Json* resource = nullptr;
  records::PreparedPtr prepared;
};

std::string place(std::size_t position) { return "Bundle.entry[" + std::to_string(position) + "]"; }

Result<std::optional<std::int64_t>> version_of(std::string_view etag, const std::string& where) {
  if (etag.empty()) return std::optional<std::int64_t>();
  std::string_view text = etag;
  if (text.substr(0, 2) == "W/") text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(Code::bad_value, "'" + std::string(etag) + "' is no version", where, "write it like W/\"3\"");
  }
  return std::optional<std::int64_t>(version);
}

Result<Entry> read_entry(Json& json, std::size_t position) {
  Entry entry;
  entry.position = position;
  Json* request = json.find("request");
  if (request == nullptr || !request->is_object()) return fail(Code::required_missing, "has no request", place(position), "say method and url");
  const std::string_view method = request->text_at("method");
  std::string_view url = request->text_at("url");
  for (const char* unsupported : {"ifNoneExist", "ifNoneMatch", "ifModifiedSince"}) {
    if (request->find(unsupported) != nullptr) {
      return fail(Code::unsupported, std::string("conditional requests (") + unsupported + ") are not served yet", place(position) + ".request");
    }
  }
  const std::string_view query = url.find('?') == std::string_view::npos ? std::string_view() : url.substr(url.find('?') + 1);
  url = url.substr(0, url.find('?'));
  entry.type = std::string(url.substr(0, url.find('/')));
  if (url.find('/') != std::string_view::npos) entry.id = std::string(url.substr(url.find('/') + 1));
  if (!fhir::is_resource_type(entry.type)) return fail(Code::bad_value, "'" + std::string(url) + "' names no resource type", place(position) + ".request.url");
  YL_TRY(entry.expected, version_of(request->text_at("ifMatch"), place(position) + ".request.ifMatch"));
  entry.resource = json.find("resource");

  if (method == "GET") {
    entry.verb = Verb::read;
    entry.search = entry.id.empty();
    YL_TRY(entry.query, net::parse_query(query));
    return entry;
  }
  if (!query.empty()) return fail(Code::unsupported, "conditional requests are not served yet", place(position) + ".request.url");
  if (method == "DELETE") {
    entry.verb = Verb::remove;
  } else if (method == "PUT") {
    entry.verb = Verb::update;
  } else if (method == "POST") {
    entry.verb = Verb::create;
  } else {
    return fail(Code::unsupported, "method '" + std::string(method) + "' is not served in Bundles", place(position) + ".request.method", "use GET, POST, PUT or DELETE");
  }
  if (entry.verb != Verb::create && !fhir::valid_primitive("id", entry.id)) {
    return fail(Code::bad_value, "'" + std::string(url) + "' names no id", place(position) + ".request.url");
  }
  if (entry.verb == Verb::create && !entry.id.empty()) return fail(Code::bad_value, "a POST names a type alone", place(position) + ".request.url");
  if (entry.verb == Verb::create || entry.verb == Verb::update) {
    if (entry.resource == nullptr || entry.resource->text_at("resourceType") != entry.type) {
      return fail(Code::bad_value, "its resource is no " + entry.type, place(position) + ".resource");
    }
  }
  return entry;
}

// Rewrites every Reference.reference (and any other string that is exactly a fullUrl of an entry, as FHIR asks for uris too).
void resolve(Json& json, const std::unordered_map<std::string_view, std::string_view>& targets) {
  if (json.is_object()) {
    for (auto& member : json.members()) {
      if (member.value.is_string() && (member.name == "reference" || member.name == "uri" || member.name == "url")) {
        if (const auto found = targets.find(member.value.text()); found != targets.end()) member.value.set_string(found->second);
      } else {
        resolve(member.value, targets);
      }
    }
  } else if (json.is_array()) {
    for (Json& item : json.items()) resolve(item, targets);
  }
}

Result<void> prepare(Entry& entry, fhir::Arena& arena) {
  if (entry.resource == nullptr || (entry.verb != Verb::create && entry.verb != Verb::update)) return {};
  Json& id = entry.resource->member(arena, "id");
  id.set_string(arena.copy(entry.id));
  auto prepared = records::prepare(*entry.resource);
  if (!prepared) {
    Issue issue = prepared.error();
    issue.where = place(entry.position) + ".resource: " + issue.where;
    return Failure(std::move(issue));
  }
  entry.prepared = std::move(*prepared);
  return {};
}

Result<std::string> apply(database::Connection& connection, const Entry& entry, Instant at) {
  const std::string where = entry.type + "/" + entry.id;
  const auto written = [&](const records::Written& w) {
    const std::string version = std::to_string(w.version);
    return response_entry(w.outcome == records::Outcome::created ? 201 : 200, where + "/_history/" + version, "W/\"" + version + "\"", fhir_instant(w.updated), "", "");
  };
  switch (entry.verb) {
    case Verb::create: {
      YL_TRY(const auto w, records::create(connection, entry.prepared, at));
      return written(w);
    }
    case Verb::update: {
      YL_TRY(const auto w, records::put(connection, entry.prepared, entry.expected, at));
      return written(w);
    }
    case Verb::remove: {
      const auto w = records::remove(connection, entry.type, entry.id, entry.expected, at);
      if (!w && w.error().code != Code::not_found && w.error().code != Code::gone) return Failure(w.error());
      return response_entry(204, "", "", "", "", "");
    }
    case Verb::read: break;
  }
  if (entry.search) {
    YL_TRY(const auto page, records::search(connection, records::Scope{}, entry.type, entry.query));
    return response_entry(200, "", "", "", searchset(page, "", entry.type), "");
  }
  YL_TRY(const auto version, records::read(connection, entry.type, entry.id));
  return response_entry(200, "", "W/\"" + std::to_string(version.version) + "\"", fhir_instant(version.updated), version.body, "");
}

Result<Json*> entries_of(Json& bundle) {
  Json* entries = bundle.find("entry");
  static Json none = [] { Json j; j.set_array(); return j; }();
  if (entries == nullptr) return &none;
  if (!entries->is_array()) return fail(Code::bad_structure, "is no list", "Bundle.entry");
  if (entries->size() > kMostEntries) return fail(Code::too_large, "more than " + std::to_string(kMostEntries) + " entries", "Bundle.entry", "send several Bundles");
  return entries;
}

std::string response_bundle(const char* type, const std::vector<std::string>& responses) {
  std::string json = R"({"resourceType":"Bundle","type":")";
  json.append(type).append("\"");
  if (!responses.empty()) json.append(R"(,"entry":[)");
  for (std::size_t i = 0; i < responses.size(); ++i) json.append(i == 0 ? "" : ",").append(responses[i]);
  return json.append(responses.empty() ? "}" : "]}");
}

}  // namespace

Result<std::string> run_transaction(database::Database& database, Json& bundle, fhir::Arena& arena) {
  YL_TRY(Json * list, entries_of(bundle));
  std::vector<Entry> entries;
  std::unordered_map<std::string_view, std::string_view> targets;
  std::unordered_map<std::string, std::size_t> touched;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Json& json = list->items()[i];
    YL_TRY(auto entry, read_entry(json, i));
    if (entry.verb == Verb::create) entry.id = Uuid::random().text();
    if (entry.verb != Verb::read) {
      const auto [other, fresh] = touched.emplace(entry.type + "/" + entry.id, i);
      if (!fresh) return fail(Code::bad_value, "names the same resource as " + place(other->second), place(i));
    }
    if (const std::string_view full = json.text_at("fullUrl"); !full.empty() && entry.resource != nullptr) {
      targets[full] = arena.copy(entry.type + "/" + entry.id);
    }
    entries.push_back(std::move(entry));
  }
  for (Entry& entry : entries) {
    if (entry.resource != nullptr) resolve(*entry.resource, targets);
    YL_CHECK(prepare(entry, arena));
  }
  // FHIR's order: DELETE, POST, PUT, then GET, which sees the others' effects.
  std::vector<const Entry*> order;
  for (const Entry& entry : entries) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) { return a->verb < b->verb; });
  std::vector<std::string> responses(entries.size());
  const Instant at = now();
  YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
    for (const Entry* entry : order) {
      auto response = apply(writer, *entry, at);
      if (!response) {
        Issue issue = response.error();
        issue.where = place(entry->position) + (issue.where.empty() ? "" : ": " + issue.where);
        return Failure(std::move(issue));
      }
      responses[entry->position] = std::move(*response);
    }
    return {};
  }));
  return response_bundle("transaction-response", responses);
}

Result<std::string> run_batch(database::Database& database, Json& bundle, fhir::Arena& arena) {
  YL_TRY(Json * list, entries_of(bundle));
  std::vector<std::string> responses;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto one = [&]() -> Result<std::string> {
      YL_TRY(auto entry, read_entry(list->items()[i], i));
      if (entry.verb == Verb::create) entry.id = Uuid::random().text();
      YL_CHECK(prepare(entry, arena));
      if (entry.verb == Verb::read) return database.read([&](database::Connection& reader) { return apply(reader, entry, 0); });
      std::string response;
      YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
        YL_TRY(response, apply(writer, entry, now()));
        return {};
      }));
      return response;
    }();
    responses.push_back(one ? *one : response_entry(facts(one.error().code).http, "", "", "", "", outcome_json({one.error()})));
  }
  return response_bundle("batch-response", responses);
}

}  // namespace yilian::api
