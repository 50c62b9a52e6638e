#include "engine/api/faces.h"

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

}  // namespace

net::Response Faces::handle(const net::Request& request) {
  std::string_view rest;
  if (below(request.path, "/fhir", rest)) return fhir_.handle(request, rest);
  if (below(request.path, "/admin/v1", rest)) return admin_.handle(request, rest);
  if (request.path == "/metrics") return admin_.metrics();
  if (request.path == "/healthz") return text(200, "alive\n");
  if (request.path == "/readyz") return ready_ ? text(200, "ready\n") : text(503, "not ready\n");
  return pages_.handle(request);
}

}  // namespace yilian::api
