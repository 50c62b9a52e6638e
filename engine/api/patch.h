#pragma once
// PATCH (http.html#patch): JSON Patch and FHIRPath Patch.

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::api {

struct PatchDocument {
  enum class Form : std::uint8_t { json, fhirpath } form = Form::json;
  const fhir::Json* body = nullptr;  // a list of operations, or a Parameters resource
};

// By the Content-Type of a request, and its body: application/json-patch+json, or Parameters as application/fhir+json or
// +xml. Errors: unsupported_media, what the readers say.
Result<PatchDocument> read_patch(std::string_view content_type, std::string_view body, fhir::Arena& arena);

// In a Bundle: a Binary with a JSON Patch in it, or Parameters. Errors have their place within the resource.
Result<PatchDocument> patch_of_resource(const fhir::Json& resource, fhir::Arena& arena);

// What it makes of the resource, a tree of its own; type and id stay, else bad_value. What R4 says of the result is still
// to be checked.
Result<fhir::Json*> apply_patch(const fhir::Json& resource, const PatchDocument& patch, fhir::Arena& arena);

}  // namespace yilian::api
