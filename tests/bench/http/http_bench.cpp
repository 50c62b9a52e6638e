// The load generator of the record store's HTTP benchmark. Requests come on standard input, figures leave as one line of JSON.
//   http_bench plan|once|import|cycle PORT CONNECTIONS SECONDS WARM PROCESS    (requests.h says what each reads)
//   http_bench disk FOLDER SECONDS                                               synced writes a second
//   http_bench bare                                                              the least that a server can do

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "floors.h"
#include "load.h"
#include "requests.h"

using namespace yilian::bench;

namespace {

int usage(const char* name) {
  std::fprintf(stderr, "usage: %s plan|once|import|cycle PORT CONNECTIONS SECONDS WARM PROCESS\n       %s disk FOLDER SECONDS\n       %s bare\n", name, name, name);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "";
  if (what == "bare") serve_bare();
  if (what == "disk" && count == 4) {
    std::printf("%.1f\n", synced_writes(arguments[2], std::atof(arguments[3])));
    return 0;
  }
  if (count != 7) return usage(arguments[0]);
  const LoadOptions options{std::atoi(arguments[2]), static_cast<std::size_t>(std::atoi(arguments[3])), std::atof(arguments[4]), std::atof(arguments[5]),
                            std::atoi(arguments[6])};
  std::ios::sync_with_stdio(false);
  if (what == "import") {
    Bundles bundles(std::cin, options.connections);
    const auto figures = load(bundles, options);
    std::printf(R"({"entries": %llu, "bytes": %llu, "load": %s})" "\n", static_cast<unsigned long long>(bundles.entries()),
                static_cast<unsigned long long>(bundles.bytes()), to_json(figures, bundles.labels).c_str());
    return 0;
  }
  std::unique_ptr<Requests> requests;
  if (what == "plan" || what == "once") requests = planned(std::cin, what == "plan");
  if (what == "cycle") requests = cycle(std::cin, options.connections);
  if (!requests) return usage(arguments[0]);
  std::printf("%s\n", to_json(load(*requests, options), requests->labels).c_str());
  return 0;
}
