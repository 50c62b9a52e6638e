#include "engine/routing/route.h"

#include <algorithm>

namespace yilian::routing {
namespace {

constexpr int kDeepest = 16;

Route read(const config::Node& node, const std::vector<std::string>& feeds, std::vector<Issue>& issues, int depth) {
  Route route;
  route.place = node.place();
  const auto complain = [&](const config::Node& at, std::string what, std::string cure = {}) { issues.push_back(at.fail(std::move(what), std::move(cure)).value()); };
  if (auto known = node.only({"name", "from", "when", "fhirpath", "priority", "to", "then"}); !known) issues.push_back(known.error());
  route.name = node["name"].text_or("");
  for (const auto& item : node["from"].items()) {
    const std::string feed = item.text_or("");
    if (std::find(feeds.begin(), feeds.end(), feed) == feeds.end()) {
      complain(item, "there is no feed '" + feed + "'", "this hospital's feeds, or leave `from` out for all");
    }
    route.from.push_back(feed);
  }
  if (const config::Node when = node["when"]) {
    if (auto compiled = MessageCondition::compile(when)) route.when = std::move(*compiled);
    else issues.push_back(compiled.error());
  }
  if (const config::Node condition = node["fhirpath"]) {
    if (auto compiled = ResultCondition::compile(condition)) route.fhirpath = std::move(*compiled);
    else issues.push_back(compiled.error());
  }
  if (const config::Node priority = node["priority"]) {
    const std::string word = priority.text_or("");
    if (word == "high") route.priority = 0;
    else if (word == "low") route.priority = 2;
    else if (word != "normal") complain(priority, "'" + word + "' is no priority", "high, normal or low");
  }
  route.to_names = node["to"].items();
  if (depth == kDeepest) {
    complain(node, "routes are nested too deeply", "at most 16");
    return route;
  }
  for (const auto& each : node["then"].items()) route.then.push_back(read(each, feeds, issues, depth + 1));
  if (route.to_names.empty() && route.then.empty()) complain(node, "the route leads nowhere", "add to: [a destination]");
  return route;
}

void follow(const Route& route, const Passing& passing, std::vector<Addressed>& out) {
  if (!route.from.empty() && std::find(route.from.begin(), route.from.end(), passing.feed) == route.from.end()) return;
  if (route.when && !route.when->holds(passing.message)) return;
  if (route.fhirpath && !route.fhirpath->holds(passing.resources, passing.now)) return;
  for (const Destination* to : route.to) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Addressed& each) { return each.destination == to; });
    if (same == out.end()) {
      out.push_back({to, route.priority});
    } else {
      same->priority = std::min(same->priority, route.priority);
    }
  }
  for (const Route& each : route.then) follow(each, passing, out);
}

}  // namespace

Route read_route(const config::Node& node, const std::vector<std::string>& feeds, std::vector<Issue>& issues) { return read(node, feeds, issues, 0); }

std::vector<Addressed> addressed(const std::vector<Route>& routes, const Passing& passing) {
  std::vector<Addressed> out;
  for (const Route& route : routes) follow(route, passing, out);
  return out;
}

}  // namespace yilian::routing
