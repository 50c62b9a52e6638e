#pragma once
// The last step of the FHIR face: an answer in JSON becomes what the client asked for.

#include "engine/api/negotiation.h"
#include "engine/net/http.h"

namespace yilian::api {

// Format and layout. What XML cannot hold is refused with 406.
net::Response render(net::Response response, Format format, bool pretty);

}  // namespace yilian::api
