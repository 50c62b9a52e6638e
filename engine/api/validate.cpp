#include "engine/api/validate.h"

#include <algorithm>
#include <chrono>

#include "engine/api/body.h"
#include "engine/api/negotiation.h"
#include "engine/api/outcome.h"
#include "engine/fhir/definitions.h"

namespace yilian::api {
namespace {

using fhir::Json;
using validation::Finding;

constexpr std::string_view kInvalid = "invalid";
constexpr std::chrono::milliseconds kMostTime{500};  // of one write; that of a patch is the writer's

bool is_mark(const Json& tag) { return tag.text_at("system") == kValidationSystem && tag.text_at("code") == kInvalid; }

void take_mark_away(Json& resource) {
  Json* meta = resource.find("meta");
  Json* tags = meta ? meta->find("tag") : nullptr;
  if (!tags) return;
  for (std::size_t i = tags->items().size(); i-- > 0;) {
    if (is_mark(tags->items()[i])) tags->remove_item(i);
  }
  if (tags->is_array() && tags->size() == 0) meta->remove("tag");
  if (meta->is_object() && meta->size() == 0) resource.remove("meta");
}

void mark(Json& resource, fhir::Arena& arena) {
  Json& meta = resource.member(arena, "meta");
  if (!meta.is_object()) meta.set_object();
  Json& tags = meta.member(arena, "tag");
  if (!tags.is_array()) tags.set_array();
  Json& tag = tags.append(arena);
  tag.set_object();
  tag.add(arena, "system").set_string(kValidationSystem);
  tag.add(arena, "code").set_string(kInvalid);
}

std::string text_of(const Finding& finding) {
  return finding.key.empty() ? finding.text : finding.key + ": " + finding.text;
}

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

Result<void> screen(const ValidationSettings& settings, Json& resource, fhir::Arena& arena, Findings* findings) {
  if (settings.mode == ValidationMode::off) return {};
  take_mark_away(resource);
  // Structure is looked at where it is made ready to be stored, and refused whatever the mode.
  Findings found = validation::Validator(settings.profiles.get())
                       .validate(resource, {.structure = false, .bounds = {.time = kMostTime}});
  const auto first = std::ranges::find_if(found, validation::is_error);
  if (first != found.end()) {
    const auto count = std::ranges::count_if(found, validation::is_error);
    const std::string more = count > 1 ? " (and " + std::to_string(count - 1) + " more errors)" : "";
    Issue issue{Code::bad_value, Severity::error, first->where, text_of(*first) + more, {}};
    if (findings) *findings = std::move(found);
    if (settings.mode == ValidationMode::refuse) return Failure(std::move(issue));
    mark(resource, arena);
    return {};
  }
  if (findings) *findings = std::move(found);
  return {};
}

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
