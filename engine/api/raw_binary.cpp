#include "engine/api/raw_binary.h"

#include "engine/api/fhir_face.h"
#include "engine/api/negotiation.h"
#include "engine/text/base64.h"

namespace yilian::api {

bool asks_raw(const net::Request& request, std::string_view path) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (path.starts_with('/')) path.remove_prefix(1);
  return path.starts_with("Binary/") && !path.ends_with("_history") && path.find('$') == std::string_view::npos &&
         !names_format(request);
}

Result<net::Response> raw_response(const records::Version& version, const net::Request&, bool unchanged) {
  fhir::Arena arena(version.body.size() * 2 + 4096);
  YL_TRY(const fhir::Json* binary,
         fhir::read_json(version.body, arena, {.depth = fhir::kDeepest, .bytes = version.body.size()}));
  net::Response response;
  response.status = unchanged ? 304 : 200;
  response.headers.emplace_back("Content-Type", binary->text_at("contentType"));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
  if (const fhir::Json* context = binary->find("securityContext")) {
    if (const std::string_view reference = context->text_at("reference"); !reference.empty())
      response.headers.emplace_back("X-Security-Context", reference);
  }
  add_version(response, version.version, version.updated);
  if (unchanged) return response;
  auto bytes = text::from_base64(binary->text_at("data"));
  if (!bytes) return fail(Code::storage, "what is stored is no base64", "Binary/" + version.id);
  response.body = std::move(*bytes);
  return response;
}

bool is_raw(const net::Request& request) {
  const std::string_view type = request.header("content-type");
  return !type.empty() && !is_format(type);
}

Result<fhir::Json*> raw_resource(const net::Request& request, std::string_view id, fhir::Arena& arena) {
  auto* binary = new (arena.allocate(sizeof(fhir::Json), alignof(fhir::Json))) fhir::Json();
  binary->set_object();
  binary->add(arena, "resourceType").set_string("Binary");
  if (!id.empty()) binary->add(arena, "id").set_string(arena.copy(id));
  binary->add(arena, "contentType").set_string(arena.copy(request.header("content-type")));
  if (const std::string_view context = request.header("x-security-context"); !context.empty()) {
    fhir::Json& reference = binary->add(arena, "securityContext");
    reference.set_object();
    reference.add(arena, "reference").set_string(arena.copy(context));
  }
  if (!request.body.empty()) binary->add(arena, "data").set_string(arena.copy(text::to_base64(request.body)));
  return binary;
}

}  // namespace yilian::api
