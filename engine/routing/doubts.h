#pragma once
// What of a configuration can be run and is hardly meant; and what only shows when all of it is looked at together.

#include <vector>

#include "engine/net/endpoint.h"
#include "engine/routing/directory.h"

namespace yilian::routing {

// Ports that two entrances, or an entrance and the HTTP face, would both open: errors at their place.
std::vector<Issue> clashes(const Directory& directory, const net::Endpoint& http);

// Warnings: a route that never takes a message; a destination whose messages come back in by a feed of the same hospital. Notes (information): a destination to
// which no route leads.
std::vector<Issue> doubts(const Directory& directory);

}  // namespace yilian::routing
