#pragma once

#include <string>

namespace yilian {

struct PatchCount {
  int passed = 0, failed = 0;
};
// `text`: of patches.json. Says which cases fail.
PatchCount run_patches(const std::string& text);

}  // namespace yilian
