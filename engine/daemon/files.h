#pragma once
// Files that the commands are given.

#include <string>

#include "engine/base/result.h"

namespace yilian::daemon {

// The whole of a file, or of standard input for "-". too_large above 1 GB.
Result<std::string> read_whole(const std::string& file);

// The folder of this installation's mappings: YILIAN_MAPPINGS, else beside the build tree or the installed program.
std::string default_mappings();

}  // namespace yilian::daemon
