#pragma once
// A resource in the making.

#include <cstdint>
#include <string_view>

#include "engine/base/uuid.h"
#include "engine/mapping/program.h"

namespace yilian::mapping {

struct Instance {
  enum class Identity : std::uint8_t { keyed, contents, unkeyed } identity = Identity::contents;
  const Step* root = nullptr;
  std::uint32_t node = kNone;
  const Declared* declared = nullptr;
  const Block* block = nullptr;    // of a resource of its own: the map whose defaults it takes
  std::uint32_t segment = kNone;   // that made it
  std::uint32_t referrer = kNone;  // of a resource of its own: the Reference it was made for
  std::uint32_t merged_into = kNone;
  std::uint32_t same = 1;          // how many of its key there are, when they are numbered
  bool alive = true;
  Uuid id;
  char id_text[36] = {};
  std::string_view display;  // once it is known
};

}  // namespace yilian::mapping
