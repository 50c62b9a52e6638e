#pragma once
// The body of a request as a tree.

#include "engine/base/result.h"
#include "engine/fhir/json.h"
#include "engine/net/http.h"

namespace yilian::api {

// A resource in JSON or XML, by the Content-Type. Errors: unsupported_media, what the readers say, bad_structure (no
// object).
Result<fhir::Json*> read_body(std::string_view content_type, std::string_view body, fhir::Arena& arena);
inline Result<fhir::Json*> read_body(const net::Request& request, fhir::Arena& arena) {
  return read_body(request.header("content-type"), request.body, arena);
}

}  // namespace yilian::api
