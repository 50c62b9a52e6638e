#include "engine/api/patch.h"

#include "engine/api/body.h"
#include "engine/api/negotiation.h"
#include "engine/fhir/json_patch.h"
#include "engine/text/base64.h"
#include "engine/fhirpath/patch.h"

namespace yilian::api {
namespace {

constexpr std::string_view kJsonPatch = "application/json-patch+json";

Result<PatchDocument> json_patch(std::string_view text, fhir::Arena& arena) {
  YL_TRY(const fhir::Json* body, fhir::read_json(text, arena));
  return PatchDocument{PatchDocument::Form::json, body};
}

}  // namespace

Result<PatchDocument> read_patch(std::string_view content_type, std::string_view body, fhir::Arena& arena) {
  const std::string type = media_type(content_type);
  if (type == kJsonPatch) return json_patch(body, arena);
  if (type != "application/fhir+json" && type != "application/fhir+xml") {
    return fail(Code::unsupported_media, "'" + type + "' is no form of a patch", "Content-Type",
                "send application/json-patch+json");
  }
  YL_TRY(const fhir::Json* parameters, read_body(content_type, body, arena));
  if (parameters->text_at("resourceType") != "Parameters") {
    return fail(Code::bad_value, "the body of a FHIRPath Patch is a Parameters resource", "resourceType",
                "send JSON Patch as application/json-patch+json");
  }
  return PatchDocument{PatchDocument::Form::fhirpath, parameters};
}

Result<PatchDocument> patch_of_resource(const fhir::Json& resource, fhir::Arena& arena) {
  const std::string_view type = resource.text_at("resourceType");
  if (type == "Parameters") return PatchDocument{PatchDocument::Form::fhirpath, &resource};
  if (type != "Binary") {
    return fail(Code::bad_value, "a patch is a Binary that holds a JSON Patch, or Parameters", "resourceType");
  }
  if (media_type(resource.text_at("contentType")) != kJsonPatch) {
    return fail(Code::unsupported_media, "'" + std::string(resource.text_at("contentType")) + "' is no form of a patch",
                "Binary.contentType", "use application/json-patch+json");
  }
  const auto bytes = text::from_base64(resource.text_at("data"));
  if (!bytes) return fail(Code::bad_value, "is no base64", "Binary.data");
  return json_patch(*bytes, arena);
}

Result<fhir::Json*> apply_patch(const fhir::Json& resource, const PatchDocument& patch, fhir::Arena& arena) {
  YL_TRY(fhir::Json * made, patch.form == PatchDocument::Form::json ? fhir::patch_json(resource, *patch.body, arena)
                                                                    : fhirpath::patch(resource, *patch.body, arena));
  for (const char* fixed : {"resourceType", "id"}) {
    if (made->text_at(fixed) != resource.text_at(fixed)) {
      return fail(Code::bad_value, "a patch cannot change what a resource is and is called by", fixed, "Leave it as it is");
    }
  }
  return made;
}

}  // namespace yilian::api
