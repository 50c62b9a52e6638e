#include "engine/api/fhir_face.h"

#include <algorithm>
#include <charconv>

#include "engine/api/bundle.h"
#include "engine/api/capability.h"
#include "engine/api/origin.h"
#include "engine/api/outcome.h"
#include "engine/api/transaction.h"
#include "engine/base/uuid.h"
#include "engine/fhir/definitions.h"
#include "engine/routing/trace.h"

namespace yilian::api {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    if (end != 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return parts;
}

std::string base_of(const net::Request& request) {
  const std::string_view host = request.header("host");
  return "http://" + std::string(host.empty() ? "localhost" : host) + "/fhir";
}

net::Response json_response(int status, std::string body) {
  net::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", kFhirJson);
  response.body = std::move(body);
  return response;
}

net::Response version_response(int status, const records::Version& version) {
  net::Response response = json_response(status, version.body);
  response.headers.emplace_back("ETag", "W/\"" + std::to_string(version.version) + "\"");
  response.headers.emplace_back("Last-Modified", http_date(version.updated));
  return response;
}

Result<std::optional<std::int64_t>> etag(std::string_view text, const char* header) {
  if (text.empty()) return std::optional<std::int64_t>();
  if (text.substr(0, 2) == "W/") text.remove_prefix(2);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return fail(Code::bad_value, "is no ETag of this server", header, "write it like W/\"3\"");
  text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) return fail(Code::bad_value, "is no ETag of this server", header, "write it like W/\"3\"");
  return std::optional<std::int64_t>(version);
}

// JSON is what this face speaks; another wish is refused instead of answered with something else.
Result<void> speaks_json(const net::Request& request) {
  std::string format;
  for (const auto& [name, value] : request.query) {
    if (name == "_format") format = value;
  }
  if (format.empty()) {
    const std::string_view accept = request.header("accept");
    if (accept.empty() || accept.find("*/*") != std::string_view::npos || accept.find("json") != std::string_view::npos || accept.find("text/html") != std::string_view::npos) return {};
    format = std::string(accept);
  }
  if (format == "json" || format == "application/json" || format.rfind("application/fhir+json", 0) == 0 || format.rfind("application/json", 0) == 0) return {};
  return fail(Code::unsupported_media, "'" + format + "' is not served", "", "ask for application/fhir+json");
}

Result<void> carries_json(const net::Request& request) {
  const std::string_view type = request.header("content-type");
  if (type.empty() || type.find("json") != std::string_view::npos) return {};
  return fail(Code::unsupported_media, "'" + std::string(type) + "' is not taken", "Content-Type", "send application/fhir+json");
}

Failure not_here(const net::Request& request, const char* allowed) {
  return fail(Code::not_allowed, request.method + " is not offered at this address", "", std::string("offered: ") + allowed);
}

bool asks_no_body(const net::Request& request) { return request.header("prefer").find("return=minimal") != std::string_view::npos; }

}  // namespace

net::Response FhirFace::handle(const net::Request& request, std::string_view path) {
  auto response = dispatch(request, path);
  if (!response) return outcome(response.error());
  response->headers.emplace_back("Cache-Control", "no-store");
  const bool pretty = std::any_of(request.query.begin(), request.query.end(), [](const auto& p) { return p.first == "_pretty" && p.second == "true"; });
  if (pretty && !response->body.empty()) {
    fhir::Arena arena(response->body.size() * 2 + 4096);
    if (const auto json = fhir::read_json(response->body, arena, {.depth = fhir::kDeepest, .bytes = response->body.size()})) response->body = fhir::pretty_json(**json);
  }
  return std::move(*response);
}

Result<net::Response> FhirFace::dispatch(const net::Request& request, std::string_view path) {
  YL_CHECK(speaks_json(request));
  const auto parts = split_path(path);
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (parts.empty()) {
    if (request.method == "POST") return on_bundle(request);
    return not_here(request, "POST of a transaction or batch Bundle");
  }
  if (parts[0] == "metadata" && parts.size() == 1) {
    if (!get) return not_here(request, "GET");
    return json_response(200, capability_statement(base_of(request), version_));
  }
  if (parts[0] == "_history" && parts.size() == 1) {
    if (!get) return not_here(request, "GET");
    return history(request, "", "");
  }
  const std::string& type = parts[0];
  if (!fhir::is_resource_type(type)) {
    return fail(Code::not_found, "'" + type + "' is no FHIR R4 resource type", "", "see /fhir/metadata for what is served");
  }
  if (parts.size() == 1) return on_type(request, type);
  if (parts[1] == "_search" && parts.size() == 2) {
    if (request.method != "POST") return not_here(request, "POST");
    YL_TRY(auto form, net::parse_query(request.body));
    records::Parameters parameters = request.query;
    parameters.insert(parameters.end(), form.begin(), form.end());
    return search(request, type, std::move(parameters));
  }
  if (parts[1] == "_history" && parts.size() == 2) {
    if (!get) return not_here(request, "GET");
    return history(request, type, "");
  }
  const std::string& id = parts[1];
  if (!fhir::valid_primitive("id", id)) return fail(Code::not_found, "'" + id + "' can be no id", "", "ids have up to 64 letters, digits, hyphens and dots");
  if (parts.size() == 2) return on_instance(request, type, id);
  if (parts[2] == "_history") {
    if (!get) return not_here(request, "GET");
    if (parts.size() == 3) return history(request, type, id);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(parts[3].data(), parts[3].data() + parts[3].size(), number);
    if (parts.size() == 4 && error == std::errc() && end == parts[3].data() + parts[3].size()) {
      YL_TRY(const auto version, database_.read([&](database::Connection& reader) { return records::read_version(reader, type, id, number); }));
      if (version.deleted) return fail(Code::gone, "this version is its deletion", type + "/" + id);
      return version_response(200, version);
    }
  }
  if (parts[2] == "$origin" && parts.size() == 3) {
    if (!get) return not_here(request, "GET");
    return origin(type, id);
  }
  return fail(Code::not_found, "nothing is served at this address", "", "see /fhir/metadata for what is served");
}

Result<net::Response> FhirFace::on_type(const net::Request& request, const std::string& type) {
  if (request.method == "GET" || request.method == "HEAD") return search(request, type, request.query);
  if (request.method != "POST") return not_here(request, "GET, POST");
  if (!request.header("if-none-exist").empty()) return fail(Code::unsupported, "conditional create is not served yet", "If-None-Exist");
  return write(request, type, "");
}

Result<net::Response> FhirFace::on_instance(const net::Request& request, const std::string& type, const std::string& id) {
  if (request.method == "GET" || request.method == "HEAD") {
    YL_TRY(const auto version, database_.read([&](database::Connection& reader) { return records::read(reader, type, id); }));
    YL_TRY(const auto known, etag(request.header("if-none-match") == "*" ? "" : request.header("if-none-match"), "If-None-Match"));
    if (known && *known == version.version) {
      net::Response response = version_response(304, version);
      response.body.clear();
      return response;
    }
    return version_response(200, version);
  }
  if (request.method == "PUT") return write(request, type, id);
  if (request.method == "DELETE") return remove(request, type, id);
  return not_here(request, "GET, PUT, DELETE");
}

Result<net::Response> FhirFace::search(const net::Request& request, const std::string& type, records::Parameters parameters) {
  parameters.erase(std::remove_if(parameters.begin(), parameters.end(), [](const auto& p) { return p.first == "_format" || p.first == "_pretty"; }), parameters.end());
  YL_TRY(const auto page, database_.read([&](database::Connection& reader) { return records::search(reader, records::Scope{}, type, parameters); }));
  return json_response(200, searchset(page, base_of(request), type));
}

Result<net::Response> FhirFace::history(const net::Request& request, const std::string& type, const std::string& id) {
  records::HistoryQuery query;
  query.type = type;
  query.id = id;
  for (const auto& [name, value] : request.query) {
    if (name == "_count") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), query.count);
      if (error != std::errc() || end != value.data() + value.size() || query.count == 0 || query.count > 1000) return fail(Code::bad_value, "is no number from 1 to 1000", "_count");
    } else if (name == "_since" || name == "_at") {
      const auto at = parse_instant(value);
      if (!at) return fail(Code::bad_value, "'" + value + "' is no instant", name, "write it like 2026-11-24T08:30:00+08:00");
      (name == "_since" ? query.since : query.at) = at;
    } else if (name == "_cursor") {
      query.cursor = value;
    } else if (name != "_format" && name != "_pretty") {
      return fail(Code::unsupported, "unknown parameter", name, "known here: _count, _since, _at");
    }
  }
  YL_TRY(const auto page, database_.read([&](database::Connection& reader) { return records::history(reader, query); }));
  if (!id.empty() && page.entries.empty() && query.cursor.empty() && !query.since && !query.at) return fail(Code::not_found, "no such resource", type + "/" + id);
  std::string path = type.empty() ? "_history" : id.empty() ? type + "/_history" : type + "/" + id + "/_history";
  return json_response(200, history_bundle(page, base_of(request), path));
}

Result<net::Response> FhirFace::write(const net::Request& request, const std::string& type, const std::string& id) {
  YL_CHECK(carries_json(request));
  fhir::Arena arena(request.body.size() * 2 + 4096);
  YL_TRY(fhir::Json * resource, fhir::read_json(request.body, arena));
  if (!resource->is_object() || resource->text_at("resourceType") != type) {
    return fail(Code::bad_value, "the body is no " + type, "resourceType", "send the resource that the address names");
  }
  const std::string_view own = resource->text_at("id");
  if (!id.empty() && own != id) return fail(Code::bad_value, own.empty() ? "the body has no id" : "the body's id is another than the address names", type + ".id");
  if (id.empty()) resource->member(arena, "id").set_string(arena.copy(Uuid::random().text()));
  YL_TRY(const auto prepared, records::prepare(*resource));
  YL_TRY(const auto expected, etag(request.header("if-match"), "If-Match"));
  records::Written written{};
  YL_CHECK(database_.write(
      [&](database::Connection& writer) -> Result<void> {
        const Instant at = now();
        YL_TRY(written, id.empty() ? records::create(writer, prepared, at) : records::put(writer, prepared, expected, at));
        return {};
      },
      request.body.size()));
  net::Response response = json_response(written.outcome == records::Outcome::created ? 201 : 200, "");
  if (!asks_no_body(request)) {
    YL_TRY(const auto version, database_.read([&](database::Connection& reader) { return records::read_version(reader, type, written.id, written.version); }));
    response.body = version.body;
  }
  response.headers.emplace_back("ETag", "W/\"" + std::to_string(written.version) + "\"");
  response.headers.emplace_back("Last-Modified", http_date(written.updated));
  response.headers.emplace_back("Location", base_of(request) + "/" + type + "/" + written.id + "/_history/" + std::to_string(written.version));
  return response;
}

Result<net::Response> FhirFace::remove(const net::Request& request, const std::string& type, const std::string& id) {
  YL_TRY(const auto expected, etag(request.header("if-match"), "If-Match"));
  records::Written written{};
  const auto removed = database_.write([&](database::Connection& writer) -> Result<void> {
    YL_TRY(written, records::remove(writer, type, id, expected, now()));
    return {};
  });
  // Deleting what is not there is done already.
  if (!removed && removed.error().code != Code::not_found && removed.error().code != Code::gone) return Failure(removed.error());
  net::Response response;
  response.status = 204;
  if (removed) response.headers.emplace_back("ETag", "W/\"" + std::to_string(written.version) + "\"");
  return response;
}

Result<net::Response> FhirFace::on_bundle(const net::Request& request) {
  YL_CHECK(carries_json(request));
  fhir::Arena arena(request.body.size() * 2 + 4096);
  YL_TRY(fhir::Json * bundle, fhir::read_json(request.body, arena));
  if (bundle->text_at("resourceType") != "Bundle") return fail(Code::bad_value, "the body is no Bundle", "resourceType");
  const std::string_view type = bundle->text_at("type");
  if (type == "transaction") {
    YL_TRY(auto answer, run_transaction(database_, *bundle, arena));
    return json_response(200, std::move(answer));
  }
  if (type == "batch") {
    YL_TRY(auto answer, run_batch(database_, *bundle, arena));
    return json_response(200, std::move(answer));
  }
  return fail(Code::bad_value, "'" + std::string(type) + "' Bundles are not executed", "Bundle.type", "send transaction or batch");
}

Result<net::Response> FhirFace::origin(const std::string& type, const std::string& id) {
  const auto directory = alliance_.directory();
  YL_TRY(const auto trace, database_.read([&](database::Connection& reader) { return routing::trace(reader, *directory, type, id); }));
  return json_response(200, origin_parameters(trace));
}

}  // namespace yilian::api
