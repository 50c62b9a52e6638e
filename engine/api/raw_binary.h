#pragma once
// A Binary as the bytes that it holds (binary.html#rest).

#include "engine/fhir/json.h"
#include "engine/net/http.h"
#include "engine/records/store.h"

namespace yilian::api {

// A read of a Binary that names none of FHIR's formats. `path`: behind "/fhir".
bool asks_raw(const net::Request& request, std::string_view path);
// Its bytes under its own Content-Type. Browsers are told to run nothing of it. Error: storage.
Result<net::Response> raw_response(const records::Version& version, const net::Request& request, bool unchanged);

// A body that is not in one of FHIR's formats, and the Binary that it makes; X-Security-Context becomes its
// securityContext.
bool is_raw(const net::Request& request);
Result<fhir::Json*> raw_resource(const net::Request& request, std::string_view id, fhir::Arena& arena);

}  // namespace yilian::api
