#include "engine/api/render.h"

#include <algorithm>

#include "engine/api/outcome.h"
#include "engine/fhir/json.h"
#include "engine/fhir/xml.h"

namespace yilian::api {
namespace {

constexpr int kNotAcceptable = 406;

void set_type(net::Response& response, const char* type) {
  for (auto& [name, value] : response.headers) {
    if (name == "Content-Type") value = type;
  }
}

bool is_fhir_json(const net::Response& response) {
  return std::ranges::any_of(response.headers, [](const auto& each) { return each.first == "Content-Type" && each.second == kFhirJson; });
}

}  // namespace

net::Response render(net::Response response, Format format, bool pretty) {
  response.headers.emplace_back("Vary", "Accept");
  if ((format == Format::json && !pretty) || response.body.empty() || !is_fhir_json(response)) return response;
  fhir::Arena arena(response.body.size() * 2 + 4096);
  const auto json = fhir::read_json(response.body, arena, {.depth = fhir::kDeepest, .bytes = response.body.size()});
  if (!json) return response;  // our own text: it is shown as it is
  if (format == Format::json) {
    response.body = fhir::pretty_json(**json);
    return response;
  }
  auto xml = fhir::write_xml(**json, pretty);
  if (!xml) {
    net::Response refused = outcome(xml.error());
    refused.status = kNotAcceptable;
    return refused;
  }
  response.body = std::move(*xml);
  set_type(response, kFhirXml);
  return response;
}

}  // namespace yilian::api
