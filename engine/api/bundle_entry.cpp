#include "engine/api/bundle_entry.h"

#include <algorithm>

#include "engine/api/bundle.h"
#include "engine/api/outcome.h"
#include "engine/base/uuid.h"
#include "engine/fhir/definitions.h"

namespace yilian::api {
namespace {

using fhir::Json;
using Return = Preferences::Return;

constexpr std::size_t kMostEntries = 20'000;

struct Address {
  std::string type, id, query;
  std::optional<std::int64_t> version;
  bool has_query = false;
};

// "Patient/1/_history/2": cuts the version off.
Result<void> take_version(Address& address, const std::string& where) {
  constexpr std::string_view kHistory = "/_history/";
  const std::size_t at = address.id.find(kHistory);
  if (at == std::string::npos) return {};
  YL_TRY(address.version, version_in(std::string_view(address.id).substr(at + kHistory.size()), where));
  if (!address.version) return fail(Code::bad_value, "names no version", where);
  address.id.resize(at);
  return {};
}

Result<Address> read_address(std::string_view url, const std::string& where) {
  Address out;
  const std::size_t mark = url.find('?');
  out.has_query = mark != std::string_view::npos;
  if (out.has_query) out.query = url.substr(mark + 1);
  std::string_view path = url.substr(0, mark);
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  out.type = path.substr(0, slash);
  if (slash != std::string_view::npos) out.id = path.substr(slash + 1);
  YL_CHECK(take_version(out, where));
  if (!fhir::is_resource_type(out.type)) {
    return fail(Code::bad_value, "'" + std::string(url.substr(0, 200)) + "' names no resource type", where, "write it like Patient or Patient/1");
  }
  if (!out.id.empty() && !fhir::valid_primitive("id", out.id)) {
    return fail(Code::bad_value, "'" + out.id.substr(0, 200) + "' can be no id", where, "ids have up to 64 letters, digits, hyphens and dots");
  }
  return out;
}

Result<Verb> read_verb(std::string_view method, const Address& address, const std::string& where) {
  if (method == "GET" || method == "HEAD") return address.id.empty() ? Verb::search : Verb::read;
  if (method == "DELETE") return Verb::remove;
  if (method == "POST") return Verb::create;
  if (method == "PUT") return Verb::update;
  if (method == "PATCH") return Verb::patch;
  return fail(Code::unsupported, "method '" + std::string(method) + "' is not served in Bundles", where, "use GET, POST, PUT, PATCH or DELETE");
}

// Which resource: by its id, or by criteria.
Result<void> read_target(Interaction& into, const Address& address, std::string_view if_none_exist, const std::string& where) {
  if (into.verb == Verb::create) {
    if (!address.id.empty() || address.has_query || address.version) return fail(Code::bad_value, "a POST names a type alone", where + ".url");
    into.id = Uuid::random().text();
    if (!if_none_exist.empty()) {
      YL_TRY(into.criteria, read_criteria(if_none_exist, where + ".ifNoneExist"));
    }
    return {};
  }
  into.id = address.id;
  into.version = address.version;
  if (into.verb == Verb::read) return {};
  if (into.version) return fail(Code::bad_value, "only a read names a version", where + ".url");
  YL_TRY(const auto query, net::parse_query(address.query));
  if (into.verb == Verb::search) {
    into.query = query;
    return {};
  }
  if (!into.id.empty()) return {};
  YL_TRY(into.criteria, read_criteria(query, where + ".url"));
  if (into.verb != Verb::remove) into.criteria->most = 1;
  return {};
}

Result<void> read_content(Interaction& into, Json* resource, const std::string& where, fhir::Arena& arena) {
  if (into.verb == Verb::patch) {
    if (resource == nullptr) return fail(Code::required_missing, "a PATCH needs a resource that holds the patch", where);
    YL_TRY(into.patch, patch_of_resource(*resource, arena));
    return {};
  }
  if (into.verb != Verb::create && into.verb != Verb::update) return {};
  if (resource == nullptr || resource->text_at("resourceType") != into.type) {
    return fail(Code::bad_value, "its resource is no " + into.type, where + ".resource");
  }
  into.resource = resource;
  return {};
}

}  // namespace

std::string place(std::size_t position) { return "Bundle.entry[" + std::to_string(position) + "]"; }

Issue at_entry(std::size_t position, Issue issue) {
  if (!issue.where.starts_with("Bundle.entry[")) issue.where = place(position) + (issue.where.empty() ? "" : ": " + issue.where);
  return issue;
}

bool is_special(const Json& json) {
  const Json* request = json.find("request");
  if (request == nullptr) return false;
  std::string_view path = request->text_at("url");
  path = path.substr(0, path.find('?'));
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return request->text_at("method") == "GET";  // POST would be a Bundle within the Bundle
  const std::size_t slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (last.starts_with('$') || last == "_history" || last == "_search" || path == "metadata") return true;
  return std::ranges::count(path, '/') == 2;  // Patient/1/Observation
}

Result<Entry> read_entry(Json& json, std::size_t position, fhir::Arena& arena) {
  Entry entry;
  entry.position = position;
  entry.full_url = json.text_at("fullUrl");
  const std::string where = place(position) + ".request";
  const Json* request = json.find("request");
  if (request == nullptr || !request->is_object()) return fail(Code::required_missing, "has no request", place(position), "say method and url");
  YL_TRY(const Address address, read_address(request->text_at("url"), where + ".url"));
  Interaction& into = entry.interaction;
  into.type = address.type;
  YL_TRY(into.verb, read_verb(request->text_at("method"), address, where + ".method"));
  YL_CHECK(read_target(into, address, request->text_at("ifNoneExist"), where));
  YL_TRY(into.if_match, version_in(request->text_at("ifMatch"), where + ".ifMatch"));
  YL_TRY(into.read.unless, none_match(request->text_at("ifNoneMatch"), where + ".ifNoneMatch"));
  into.only_new = into.verb == Verb::update && into.read.unless.any;
  if (const std::string_view since = request->text_at("ifModifiedSince"); !since.empty()) into.read.since = parse_instant(since);
  if (auto read = read_content(into, json.find("resource"), place(position), arena); !read) return Failure(at_entry(position, read.error()));
  return entry;
}

std::string representation_of(database::Connection& connection, const records::Scope& scope, const Done& done,
                              const Preferences& preferences) {
  if (preferences.returned != Return::representation || done.version == 0 || done.status == 204 || !done.body.empty()) return {};
  auto version = records::read_version(connection, scope, done.type, done.id, done.version);
  return version ? std::move(version->body) : std::string();
}

std::string entry_of(const Done& done, const Preferences& preferences, std::string_view representation) {
  const bool versioned = done.version > 0 && done.status != 204;
  const bool written = done.body.empty() && versioned && done.status != 304;
  const std::string location = written ? done.type + "/" + done.id + "/_history/" + std::to_string(done.version) : std::string();
  const bool tells = preferences.returned == Return::outcome && done.body.empty();
  return response_entry(done.status, location, versioned ? etag_of(done.version) : "", versioned ? fhir_instant(done.updated) : "",
                        done.body.empty() ? std::string(representation) : done.body, tells ? success_json() : "");
}

std::string entry_of(const Issue& issue) { return response_entry(facts(issue.code).http, "", "", "", "", outcome_json({issue})); }

Result<std::span<Json>> entries_of(Json& bundle) {
  Json* entries = bundle.find("entry");
  if (entries == nullptr) return std::span<Json>();
  if (!entries->is_array()) return fail(Code::bad_structure, "is no list", "Bundle.entry");
  if (entries->size() > kMostEntries) {
    return fail(Code::too_large, "more than " + std::to_string(kMostEntries) + " entries", "Bundle.entry", "send several Bundles");
  }
  return entries->items();
}

std::string response_bundle(const char* type, const std::vector<std::string>& responses) {
  std::string json = R"({"resourceType":"Bundle","type":")";
  json.append(type).append("\"");
  if (!responses.empty()) json.append(R"(,"entry":[)");
  for (std::size_t i = 0; i < responses.size(); ++i) json.append(i == 0 ? "" : ",").append(responses[i]);
  return json.append(responses.empty() ? "}" : "]}");
}

}  // namespace yilian::api
