#include <cstdio>

#include "engine/daemon/commands.h"
#include "engine/daemon/settings.h"

namespace yilian::daemon {

int check(const std::string& config) {
  const auto settings = read_settings(config, "");
  if (!settings) {
    tell(settings.error());
    std::fprintf(stderr, "%zu problem%s. Nothing was changed.\n", settings.error().size(), settings.error().size() == 1 ? "" : "s");
    return 1;
  }
  std::size_t feeds = 0;
  for (const auto& hospital : settings->directory->hospitals()) feeds += hospital->feeds.size();
  std::printf("%s is right: %zu hospitals, %zu feeds, %zu entrances.\n", config.c_str(), settings->directory->hospitals().size(), feeds, settings->directory->entrances().size());
  for (const auto& entrance : settings->directory->entrances()) {
    std::string listens = entrance.settings["listen"].text_or(entrance.settings["folder"].text_or(""));
    std::printf("  %s %s\n", entrance.adapter.c_str(), listens.c_str());
    for (const auto& inlet : entrance.inlets) std::printf("    %s/%s  %s, %s\n", inlet.hospital->code.c_str(), inlet.feed->name.c_str(), inlet.hospital->name.c_str(), inlet.feed->system.c_str());
  }
  return 0;
}

}  // namespace yilian::daemon
