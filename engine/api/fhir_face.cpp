#include "engine/api/fhir_face.h"

#include <charconv>

#include "engine/api/bundle.h"
#include "engine/api/capability.h"
#include "engine/api/negotiation.h"
#include "engine/api/outcome.h"
#include "engine/api/raw_binary.h"
#include "engine/api/render.h"
#include "engine/api/scope.h"
#include "engine/fhir/definitions.h"

namespace yilian::api {
namespace {

constexpr int kNotAcceptable = 406;

bool is_get(const net::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

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

void add_version(net::Response& response, std::int64_t version, Instant updated) {
  response.headers.emplace_back("ETag", etag_of(version));
  response.headers.emplace_back("Last-Modified", http_date(updated));
}

net::Response not_here(const net::Request& request, const char* allowed) {
  net::Response response = outcome(Issue{Code::not_allowed, Severity::error, "", request.method + " is not offered at this address", std::string("offered: ") + allowed});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

net::Response FhirFace::handle(const net::Request& request, std::string_view path) { return handle(request, scope_of(request), path); }

net::Response FhirFace::handle(const net::Request& request, const records::Scope& scope, std::string_view path) {
  auto format = wanted_format(request);
  const bool raw = !format && asks_raw(request, path);  // what a Binary holds may be of any format
  if (!format && !raw) {
    net::Response refused = outcome(format.error());
    refused.status = kNotAcceptable;
    return refused;
  }
  auto answer = dispatch(request, scope, path);
  net::Response response = render(answer ? std::move(*answer) : outcome(answer.error()), raw ? Format::json : *format, wants_pretty(request));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<net::Response> FhirFace::dispatch(const net::Request& request, const records::Scope& scope, std::string_view path) {
  const Parts parts = split_path(path);
  if (parts.empty()) {
    if (is_get(request)) return search(request, scope, "");
    return request.method == "POST" ? on_bundle(request, scope) : not_here(request, "GET, HEAD, POST");
  }
  if (parts.back().starts_with('$')) {
    YL_TRY(const OperationCall call, call_at(request, scope, parts));
    return operate(call, std::string_view(parts.back()).substr(1));
  }
  // A form; some clients ask so with GET too.
  const bool searches = is_get(request) || request.method == "POST";
  if (parts.size() == 1 && parts[0] == "_search") return searches ? search(request, scope, "") : not_here(request, "GET, HEAD, POST");
  if (parts.size() == 1 && (parts[0] == "metadata" || parts[0] == "_history")) {
    if (!is_get(request)) return not_here(request, "GET, HEAD");
    if (parts[0] == "_history") return history(request, scope, "", "");
    YL_TRY(const auto defined,
           database_.read([](database::Connection& reader) -> Result<std::vector<records::Defined>> {
             return records::defined_parameters(reader);
           }));
    YL_TRY(auto statement, capability_statement(base_of(request), version_, parameter(request, "mode"), defined));
    return json_response(200, std::move(statement));
  }
  const std::string& type = parts[0];
  if (!fhir::is_resource_type(type)) {
    return fail(Code::not_found, "'" + type + "' is no FHIR R4 resource type", "", "see /fhir/metadata for what is served");
  }
  if (parts.size() == 1) return on_type(request, scope, type);
  if (parts[1] == "_search" && parts.size() == 2) return searches ? search(request, scope, type) : not_here(request, "GET, HEAD, POST");
  if (parts[1] == "_history" && parts.size() == 2) return is_get(request) ? history(request, scope, type, "") : not_here(request, "GET, HEAD");
  if (!fhir::valid_primitive("id", parts[1])) {
    return fail(Code::not_found, "'" + parts[1] + "' can be no id", "", "ids have up to 64 letters, digits, hyphens and dots");
  }
  return parts.size() == 2 ? on_instance(request, scope, type, parts[1]) : below_instance(request, scope, parts);
}

// $name, Type/$name, Type/id/$name, Type/id/_history/version/$name
Result<OperationCall> FhirFace::call_at(const net::Request& request, const records::Scope& scope, const Parts& parts) {
  OperationCall call{request, scope, database_, alliance_, validation_, base_of(request), "", ""};
  const std::size_t above = parts.size() - 1;
  if (above > 0) call.type = parts[0];
  if (above > 1) call.id = parts[1];
  bool there = above <= 2 || (above == 4 && parts[2] == "_history");
  if (there && above == 4) {
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(parts[3].data(), parts[3].data() + parts[3].size(), version);
    there = error == std::errc() && end == parts[3].data() + parts[3].size();
    call.version = version;
  }
  there = there && (above == 0 || fhir::is_resource_type(call.type)) && (above < 2 || fhir::valid_primitive("id", call.id));
  if (!there) return fail(Code::not_found, "nothing is served at this address", "", "see /fhir/metadata for what is served");
  return call;
}

Result<net::Response> FhirFace::below_instance(const net::Request& request, const records::Scope& scope, const Parts& parts) {
  const bool is_history = parts[2] == "_history" && parts.size() <= 4;
  if (!is_history && fhir::is_compartment(parts[0])) return in_compartment(request, scope, parts);
  if (!is_history) return fail(Code::not_found, "nothing is served at this address", "", "see /fhir/metadata for what is served");
  if (!is_get(request)) return not_here(request, "GET, HEAD");
  return parts.size() == 3 ? history(request, scope, parts[0], parts[1]) : read_version(request, scope, parts[0], parts[1], parts[3]);
}

// Patient/123/Observation, Patient/123/* (http.html#vsearch)
Result<net::Response> FhirFace::in_compartment(const net::Request& request, const records::Scope& scope, const Parts& parts) {
  const bool form = parts.size() == 4 && parts[3] == "_search";
  if ((parts[2] != "*" && !fhir::is_resource_type(parts[2])) || (parts.size() != 3 && !form)) {
    return fail(Code::not_found, "nothing is served at this address", "", "see /fhir/metadata for what is served");
  }
  if (!is_get(request) && !(form && request.method == "POST")) return not_here(request, form ? "GET, HEAD, POST" : "GET, HEAD");
  return search(request, scope, parts[2] == "*" ? "" : parts[2], parts[0] + "/" + parts[1]);
}

Result<net::Response> FhirFace::on_type(const net::Request& request, const records::Scope& scope, const std::string& type) {
  if (is_get(request)) return search(request, scope, type);
  if (request.method == "POST") return create(request, scope, type);
  if (request.method == "PUT") return update(request, scope, type, "");
  if (request.method == "PATCH") return patch(request, scope, type, "");
  if (request.method == "DELETE") return remove(request, scope, type, "");
  return not_here(request, "GET, HEAD, POST, PUT, PATCH, DELETE");  // the last three by criteria
}

Result<net::Response> FhirFace::on_instance(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id) {
  if (is_get(request)) return read(request, scope, type, id);
  if (request.method == "PUT") return update(request, scope, type, id);
  if (request.method == "PATCH") return patch(request, scope, type, id);
  if (request.method == "DELETE") return remove(request, scope, type, id);
  return not_here(request, "GET, HEAD, PUT, PATCH, DELETE");
}

}  // namespace yilian::api
