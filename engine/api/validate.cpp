#include "engine/api/validate.h"

#include <algorithm>

#include "engine/api/body.h"
#include "engine/api/negotiation.h"
#include "engine/api/outcome.h"
#include "engine/fhir/definitions.h"

namespace yilian::api {
namespace {

using fhir::Json;
using validation::Finding;
using validation::text_of;

struct Asked {
  const Json* resource = nullptr;
  std::string mode;
  validation::Options options;
};

// Parameters of the operation, when it is those and not the resource to be validated.
void read_parameters(const Json& body, Asked& asked) {
  const Json* list = body.find("parameter");
  for (const Json& each : list ? list->items() : std::span<const Json>()) {
    const std::string_view name = each.text_at("name");
    if (name == "resource") asked.resource = each.find("resource");
    if (name == "mode")
      asked.mode = each.text_at("valueCode").empty() ? each.text_at("valueString") : each.text_at("valueCode");
    if (name != "profile") continue;
    for (const char* member : {"valueUri", "valueCanonical", "valueUrl", "valueString"}) {
      if (!each.text_at(member).empty()) asked.options.profiles.emplace_back(each.text_at(member));
    }
  }
}

// What a create or an update could not do with it.
void check_mode(const Asked& asked, std::string_view id, Findings& findings) {
  const std::string_view own = asked.resource->text_at("id");
  const std::string where = std::string(asked.resource->text_at("resourceType")) + ".id";
  if (asked.mode == "update" && own.empty())
    findings.push_back({Severity::error, "required", where, {}, "An update needs the id", {}});
  if (!id.empty() && !own.empty() && own != id)
    findings.push_back({Severity::error, "value", where, {}, "The id is another than the address names", {}});
}

}  // namespace

std::string findings_json(const Findings& findings) {
  if (findings.empty()) return success_json("No issues: it is valid");
  OutcomeWriter out;
  for (const Finding& each : findings)
    out.add(each.severity, each.type, text_of(each) + (each.profile.empty() ? "" : " (" + each.profile + ")"), each.where);
  return out.take();
}

Result<net::Response> validate(const net::Request& request, const ValidationSettings& settings, std::string_view type,
                               std::string_view id, const Json* stored) {
  fhir::Arena arena(request.body.size() * 2 + 4096);
  Asked asked;
  asked.mode = parameter(request, "mode");
  if (const std::string_view profile = parameter(request, "profile"); !profile.empty())
    asked.options.profiles.emplace_back(profile);
  if (!request.body.empty()) {
    YL_TRY(const Json* body, read_body(request, arena));
    if (body->text_at("resourceType") == "Parameters" && type != "Parameters") {
      read_parameters(*body, asked);
    } else {
      asked.resource = body;
    }
  }
  static constexpr std::string_view modes[]{"", "create", "update", "profile", "delete"};
  if (std::ranges::find(modes, asked.mode) == std::end(modes)) {
    return fail(Code::bad_syntax, "\"" + asked.mode + "\" is no mode of $validate", "mode",
                "create, update, delete or profile");
  }
  if (!asked.resource) asked.resource = stored;
  Findings findings;
  if (asked.resource && asked.mode != "delete") {
    if (asked.resource->text_at("resourceType") != type) {
      return fail(Code::bad_syntax, "the resource is no " + std::string(type), "resourceType",
                  "send the resource that the address names");
    }
    findings = validation::Validator(settings.profiles.get()).validate(*asked.resource, asked.options);
    check_mode(asked, id, findings);
  } else if (asked.mode != "delete") {
    return fail(Code::bad_syntax, "there is no resource to validate", "resource",
                "send it as the body, or in Parameters as resource");
  }
  net::Response response;
  response.headers.emplace_back("Content-Type", kFhirJson);
  response.body = findings_json(findings);
  return response;
}

}  // namespace yilian::api
