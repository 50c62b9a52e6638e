#include "engine/api/capability.h"

#include "engine/base/time.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/records/store.h"

namespace yilian::api {

std::string capability_statement(const std::string& base, const std::string& version) {
  static const std::string started = fhir_instant(now());
  std::string json = R"({"resourceType":"CapabilityStatement","status":"active","date":")";
  json.append(started).append(R"(","kind":"instance","software":{"name":"Yilian","version":")").append(version);
  json.append(R"("},"implementation":{"description":"Yilian record store","url":)");
  fhir::write_json_string(base, json);
  json.append(R"(},"fhirVersion":"4.0.1","format":["application/fhir+json","application/fhir+xml","json","xml"],"patchFormat":["application/json-patch+json"],"rest":[{"mode":"server","resource":[)");
  bool first = true;
  for (const fhir::Type* type : fhir::resource_types()) {
    json.append(first ? "" : ",").append(R"({"type":")").append(type->name);
    json.append(R"(","interaction":[{"code":"read"},{"code":"vread"},{"code":"update"},{"code":"patch"},{"code":"delete"},{"code":"history-instance"},)");
    json.append(R"({"code":"history-type"},{"code":"create"},{"code":"search-type"}],"versioning":"versioned-update","readHistory":true,"updateCreate":true,)");
    json.append(R"("conditionalCreate":true,"conditionalRead":"full-support","conditionalUpdate":true,"conditionalDelete":"multiple","searchInclude":["*"],"searchParam":[)");
    bool first_parameter = true;
    for (const auto& parameter : records::searchable(type->name)) {
      json.append(first_parameter ? "" : ",").append(R"({"name":")").append(parameter.code).append("\"");
      if (!parameter.url.empty()) json.append(R"(,"definition":")").append(parameter.url).append("\"");
      json.append(R"(,"type":")").append(parameter.kind).append(R"("})");
      first_parameter = false;
    }
    json.append("]");
    json.append(R"(,"operation":[{"name":"origin","definition":"https://yilian.dev/fhir/OperationDefinition/origin"},{"name":"validate","definition":"http://hl7.org/fhir/OperationDefinition/Resource-validate"}]})");
    first = false;
  }
  json.append(R"(],"interaction":[{"code":"transaction"},{"code":"batch"},{"code":"history-system"},{"code":"search-system"}]}]})");
  // An empty list is no JSON that FHIR allows.
  for (std::size_t at; (at = json.find(R"(,"searchParam":[])")) != std::string::npos;) json.erase(at, 17);
  return json;
}

}  // namespace yilian::api
