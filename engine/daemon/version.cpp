#include <cstdio>

#include "engine/daemon/commands.h"

namespace yilian::daemon {

const char* const kVersion = YILIAN_VERSION;

int version() {
  std::printf("yilian %s\n", kVersion);
  return 0;
}

}  // namespace yilian::daemon
