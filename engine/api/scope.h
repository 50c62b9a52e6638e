#pragma once
// Which records a request may see: asked once where it comes in, and handed down to all that it does.

#include "engine/net/http.h"
#include "engine/records/scope.h"

namespace yilian::api {

// Until there are users to tell apart, everybody sees everything. What is made for a request's parts (the entries of a
// batch) has no headers of its own to ask: it gets the scope of the request around it.
records::Scope scope_of(const net::Request& request);

// Error: forbidden, unless the scope is `all`. For what cannot be told in parts: the journal, the index, what is removed
// for good.
Result<void> hold_to_all(const records::Scope& scope);

}  // namespace yilian::api
