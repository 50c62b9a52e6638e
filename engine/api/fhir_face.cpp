#include "engine/api/fhir_face.h"

#include "engine/api/bundle.h"
#include "engine/api/capability.h"
#include "engine/api/negotiation.h"
#include "engine/api/outcome.h"
#include "engine/api/render.h"
#include "engine/fhir/definitions.h"

namespace yilian::api {
namespace {

constexpr int kNotAcceptable = 406;

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    if (end != 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return parts;
}

bool is_get(const net::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

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

Failure not_here(const net::Request& request, const char* allowed) {
  return fail(Code::not_allowed, request.method + " is not offered at this address", "", std::string("offered: ") + allowed);
}

net::Response FhirFace::handle(const net::Request& request, std::string_view path) {
  const auto format = wanted_format(request);
  if (!format) {
    net::Response refused = outcome(format.error());
    refused.status = kNotAcceptable;
    return refused;
  }
  auto answer = dispatch(request, path);
  net::Response response = render(answer ? std::move(*answer) : outcome(answer.error()), *format, wants_pretty(request));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<net::Response> FhirFace::dispatch(const net::Request& request, std::string_view path) {
  const Parts parts = split_path(path);
  if (parts.empty()) {
    if (is_get(request)) return search(request, "");
    return request.method == "POST" ? on_bundle(request) : not_here(request, "GET, POST of a transaction or batch Bundle");
  }
  if (parts.size() == 1 && parts[0] == "_search") return request.method == "POST" ? search(request, "") : not_here(request, "POST");
  if (parts.size() == 1 && (parts[0] == "metadata" || parts[0] == "_history")) {
    if (!is_get(request)) return not_here(request, "GET");
    return parts[0] == "metadata" ? json_response(200, capability_statement(base_of(request), version_)) : history(request, "", "");
  }
  const std::string& type = parts[0];
  if (!fhir::is_resource_type(type)) {
    return fail(Code::not_found, "'" + type + "' is no FHIR R4 resource type", "", "see /fhir/metadata for what is served");
  }
  if (parts.size() == 1) return on_type(request, type);
  if (parts[1] == "_search" && parts.size() == 2) return request.method == "POST" ? search(request, type) : not_here(request, "POST");
  if (parts[1] == "_history" && parts.size() == 2) return is_get(request) ? history(request, type, "") : not_here(request, "GET");
  if (parts[1] == "$validate" && parts.size() == 2) return request.method == "POST" ? validate(request, type, "") : not_here(request, "POST");
  if (!fhir::valid_primitive("id", parts[1])) {
    return fail(Code::not_found, "'" + parts[1] + "' can be no id", "", "ids have up to 64 letters, digits, hyphens and dots");
  }
  return parts.size() == 2 ? on_instance(request, type, parts[1]) : below_instance(request, parts);
}

Result<net::Response> FhirFace::below_instance(const net::Request& request, const Parts& parts) {
  if (parts[2] == "$validate" && parts.size() == 3) {
    return request.method == "POST" ? validate(request, parts[0], parts[1]) : not_here(request, "POST");
  }
  const bool is_history = parts[2] == "_history" && parts.size() <= 4;
  const bool is_origin = parts[2] == "$origin" && parts.size() == 3;
  if (!is_history && !is_origin && fhir::is_compartment(parts[0])) return in_compartment(request, parts);
  if (!is_history && !is_origin) return fail(Code::not_found, "nothing is served at this address", "", "see /fhir/metadata for what is served");
  if (!is_get(request)) return not_here(request, "GET");
  if (is_origin) return origin(parts[0], parts[1]);
  return parts.size() == 3 ? history(request, parts[0], parts[1]) : read_version(request, parts[0], parts[1], parts[3]);
}

// Patient/123/Observation, Patient/123/* (http.html#vsearch)
Result<net::Response> FhirFace::in_compartment(const net::Request& request, const Parts& parts) {
  const bool form = parts.size() == 4 && parts[3] == "_search";
  if ((parts[2] != "*" && !fhir::is_resource_type(parts[2])) || (parts.size() != 3 && !form)) {
    return fail(Code::not_found, "nothing is served at this address", "", "see /fhir/metadata for what is served");
  }
  if (form ? request.method != "POST" : !is_get(request)) return not_here(request, form ? "POST" : "GET");
  return search(request, parts[2] == "*" ? "" : parts[2], parts[0] + "/" + parts[1]);
}

Result<net::Response> FhirFace::on_type(const net::Request& request, const std::string& type) {
  if (is_get(request)) return search(request, type);
  if (request.method == "POST") return create(request, type);
  if (request.method == "PUT") return update(request, type, "");
  if (request.method == "PATCH") return patch(request, type, "");
  if (request.method == "DELETE") return remove(request, type, "");
  return not_here(request, "GET, POST, and by criteria PUT, PATCH, DELETE");
}

Result<net::Response> FhirFace::on_instance(const net::Request& request, const std::string& type, const std::string& id) {
  if (is_get(request)) return read(request, type, id);
  if (request.method == "PUT") return update(request, type, id);
  if (request.method == "PATCH") return patch(request, type, id);
  if (request.method == "DELETE") return remove(request, type, id);
  return not_here(request, "GET, PUT, PATCH, DELETE");
}

}  // namespace yilian::api
