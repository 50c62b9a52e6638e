#include "engine/api/body.h"

#include "engine/api/negotiation.h"
#include "engine/fhir/xml.h"

namespace yilian::api {

Result<fhir::Json*> read_body(std::string_view content_type, std::string_view body, fhir::Arena& arena) {
  YL_TRY(const Format format, body_format(content_type));
  YL_TRY(fhir::Json * resource, format == Format::xml ? fhir::read_xml(body, arena) : fhir::read_json(body, arena));
  if (!resource->is_object()) return fail(Code::bad_structure, "the body is no resource", "", "send one JSON object");
  return resource;
}

}  // namespace yilian::api
