#pragma once
// The answer of GET /fhir/<type>/<id>/$origin.

#include <string>

#include "engine/routing/trace.h"

namespace yilian::api {

// A Parameters resource. `origin`: an element, and the message, segment, bytes and rule that it came from. `unused`: a part of
// one of these messages that no rule used. `fallback`: where the mapping of one of them did with less than its word.
// `start` and `length` count within `line` as browsers do, in UTF-16; `begin` and `end` are bytes of the segment in UTF-8.
std::string origin_parameters(const routing::Trace& trace);

}  // namespace yilian::api
