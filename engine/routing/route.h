#pragma once
// Which messages go where: a hospital's routes.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/config.h"
#include "engine/routing/condition.h"
#include "engine/routing/destination.h"

namespace yilian::routing {

// A route takes the messages of its feeds for which its conditions hold, sends them to its destinations, and gives them to the routes below it, which
// say more narrowly what else is done with them.
struct Route {
  std::string name;
  std::string place;
  std::vector<std::string> from;  // feeds of the hospital; empty: all (below another route: all that come)
  std::optional<MessageCondition> when;
  std::optional<ResultCondition> fhirpath;
  std::uint8_t priority = 1;      // 0 goes before 1 goes before 2, where both wait
  std::vector<config::Node> to_names;
  std::vector<const Destination*> to;  // set by Directory
  std::vector<Route> then;
};

// Errors go to `issues`.
Route read_route(const config::Node& node, const std::vector<std::string>& feeds, std::vector<Issue>& issues);

// One message as routes see it.
struct Passing {
  std::string_view feed;
  const hl7v2::Message& message;
  std::span<const fhir::Json* const> resources;
  Instant now;
};

struct Addressed {
  const Destination* destination;
  std::uint8_t priority;
};

// Each destination once, whatever the number of routes that lead to it, with its most urgent priority.
std::vector<Addressed> addressed(const std::vector<Route>& routes, const Passing& passing);

}  // namespace yilian::routing
