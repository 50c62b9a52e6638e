#include "engine/api/faces.h"

#include <algorithm>

#include "engine/base/log.h"

namespace yilian::api {
namespace {

net::Response text(int status, const char* body) {
  net::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  response.body = body;
  return response;
}

// What follows a face's root, when the path lies below it.
bool below(std::string_view path, std::string_view root, std::string_view& rest) {
  if (path.substr(0, root.size()) != root) return false;
  rest = path.substr(root.size());
  if (rest.empty()) return true;
  if (rest.front() != '/') return false;
  rest.remove_prefix(1);
  return true;
}

// "Patient/123": not a search, not an operation, not a Binary, which may be large.
bool names_one(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == 0 || slash == std::string_view::npos || path.substr(0, slash) == "Binary") return false;
  const std::string_view id = path.substr(slash + 1);
  return !id.empty() && id.find_first_of("/$_") == std::string_view::npos;
}

// What a client may call its request by, to find it in our log (X-Request-Id): visible characters, at most 128.
bool is_trace(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

bool Faces::is_quick(const net::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (request.path == "/healthz" || request.path == "/readyz") return true;
  std::string_view rest;
  return request.query.empty() && request.body.empty() && below(request.path, "/fhir", rest) && names_one(rest) &&
         request.header("accept").find("xml") == std::string_view::npos && database_.has_free_reader();
}

net::Response Faces::handle(const net::Request& request) {
  net::Response response = answer(request);
  const std::string_view id = request.header("x-request-id");
  const bool traced = is_trace(id);
  if (traced) response.headers.emplace_back("X-Request-Id", std::string(id));
  if (response.status >= 500) {
    // Without what follows in the address: it may name a patient.
    const std::string face = request.path.substr(0, request.path.find('/', 1));
    log::warning("http", "request failed", {{"method", request.method}, {"face", face}, {"status", response.status}, {"request", traced ? id : std::string_view()}});
  }
  return response;
}

net::Response Faces::answer(const net::Request& request) {
  std::string_view rest;
  if (below(request.path, "/fhir", rest)) return fhir_.handle(request, rest);
  if (below(request.path, "/admin/v1", rest)) return admin_.handle(request, rest);
  if (request.path == "/metrics") return admin_.metrics();
  if (request.path == "/healthz") return text(200, "alive\n");
  if (request.path == "/readyz") return ready_ ? text(200, "ready\n") : text(503, "not ready\n");
  return pages_.handle(request);
}

}  // namespace yilian::api
