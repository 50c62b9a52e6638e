#include <cstdio>

#include "engine/daemon/commands.h"
#include "engine/daemon/settings.h"
#include "engine/routing/route_test.h"

namespace yilian::daemon {

int test(const std::string& config) {
  const auto settings = read_settings(config, "");
  if (!settings) {
    tell(settings.error());
    return 1;
  }
  const routing::Directory& directory = *settings->directory;
  std::vector<Issue> issues;
  const auto tests = routing::read_route_tests(directory, issues);
  if (!issues.empty()) {
    tell(issues);
    return 1;
  }
  if (tests.empty()) std::printf("There are no route tests. They are files in a folder `tests` beside the hospitals' files: docs/route-tests.md\n");
  std::size_t failed = 0;
  for (const auto& each : tests) {
    const auto failures = routing::failures_of(each, directory);
    if (failures.empty()) {
      std::printf("ok   %s\n", each.name.c_str());
      continue;
    }
    ++failed;
    std::printf("FAIL %s (%s)\n", each.name.c_str(), each.place.c_str());
    for (const std::string& failure : failures) std::printf("     %s\n", failure.c_str());
  }
  std::printf("%zu passed, %zu failed\n", tests.size() - failed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace yilian::daemon
