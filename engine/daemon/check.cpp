#include <cstdio>

#include "engine/daemon/commands.h"
#include "engine/daemon/settings.h"
#include "engine/routing/doubts.h"
#include "engine/routing/route_test.h"

namespace yilian::daemon {
namespace {

std::string address(const config::Node& settings) {
  for (const char* name : {"listen", "connect", "folder"}) {
    if (const auto text = settings[name].text()) return *text;
  }
  return {};
}

void print_route(const routing::Route& route, const std::string& hospital, int depth) {
  std::string line(static_cast<std::size_t>(4 + 2 * depth), ' ');
  line.append(route.name.empty() ? "route" : route.name);
  if (!route.from.empty()) {
    line.append(" from");
    for (const auto& feed : route.from) line.append(" ").append(feed);
  }
  if (route.when) line.append(", when");
  if (route.fhirpath) line.append(", fhirpath");
  if (!route.to.empty()) line.append(" ->");
  for (const auto* to : route.to) line.append(" ").append(to->hospital == hospital ? to->name : to->full_name);
  std::printf("%s\n", line.c_str());
  for (const auto& each : route.then) print_route(each, hospital, depth + 1);
}

void print(const routing::Directory& directory) {
  for (const auto& entrance : directory.entrances()) {
    std::printf("  %s %s\n", entrance.adapter.c_str(), address(entrance.settings).c_str());
    for (const auto& inlet : entrance.inlets) std::printf("    %s/%s  %s, %s\n", inlet.hospital->code.c_str(), inlet.feed->name.c_str(), inlet.hospital->name.c_str(), inlet.feed->system.c_str());
  }
  const auto destinations = directory.destinations();
  if (!destinations.empty()) std::printf("  destinations\n");
  for (const auto* each : destinations) std::printf("    %s  %s %s\n", each->full_name.c_str(), each->adapter.c_str(), address(each->settings).c_str());
  for (const auto& hospital : directory.hospitals()) {
    if (hospital->routes.empty()) continue;
    std::printf("  routes of %s\n", hospital->code.c_str());
    for (const auto& route : hospital->routes) print_route(route, hospital->code, 0);
  }
}

int refuse(const std::vector<Issue>& issues) {
  tell(issues);
  std::fprintf(stderr, "%zu problem%s. Nothing was changed.\n", issues.size(), issues.size() == 1 ? "" : "s");
  return 1;
}

}  // namespace

int check(const std::string& config) {
  const auto settings = read_settings(config, "");
  if (!settings) return refuse(settings.error());
  const routing::Directory& directory = *settings->directory;
  std::vector<Issue> issues;
  const auto tests = routing::read_route_tests(directory, issues);
  if (!issues.empty()) return refuse(issues);
  std::size_t feeds = 0;
  for (const auto& hospital : directory.hospitals()) feeds += hospital->feeds.size();
  std::printf("%s is right: %zu hospitals, %zu feeds, %zu entrances, %zu destinations, %zu route tests.\n", config.c_str(), directory.hospitals().size(), feeds, directory.entrances().size(),
              directory.destinations().size(), tests.size());
  print(directory);
  for (const Issue& doubt : routing::doubts(directory)) std::fprintf(stderr, "%s: %s\n", doubt.severity == Severity::warning ? "warning" : "note", doubt.line().c_str());
  return 0;
}

}  // namespace yilian::daemon
