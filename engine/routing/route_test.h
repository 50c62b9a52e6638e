#pragma once
// Route tests as data beside a configuration: given this message on this feed, expect these deliveries. docs/route-tests.md is their reference.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/routing/directory.h"

namespace yilian::routing {

struct RouteTest {
  struct Delivery {
    std::string destination;  // "hospital/name"
    std::optional<std::int64_t> messages;  // so many are sent
    std::vector<std::string> holds, lacks;  // texts of what is sent, in UTF-8
    std::vector<std::pair<std::string, std::string>> fields;  // "PID-3.1": a value that is there, as HL7 writes it
    std::vector<std::pair<std::string, std::int64_t>> resources;  // of a Bundle: so many of the type
    std::optional<std::string> fails;  // it cannot be made, with this text in why
  };
  std::string name, place;
  Inlet inlet;
  std::string message;  // bytes
  std::optional<std::string> refused;  // it is not taken, with this text in why
  std::vector<Delivery> expected;      // these and no others
};

// Those of all files *.yaml in the folder `tests` beside each hospital's file. Everything that is wrong with them goes to `issues`.
std::vector<RouteTest> read_route_tests(const Directory& directory, std::vector<Issue>& issues);

// What is not as expected, one line each; none: all is. Without any I/O.
std::vector<std::string> failures_of(const RouteTest& test, const Directory& directory);

}  // namespace yilian::routing
