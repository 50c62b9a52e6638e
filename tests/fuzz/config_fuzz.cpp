// Any bytes as a settings file: read, or refused with a place; what is read is bounded, and each value has a line of
// the file and is found again by its key.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/base/config.h"

namespace {

using namespace yilian;

void require(bool promise) {
  if (!promise) std::abort();
}

struct Walk {
  int last_line;
  std::size_t values = 0;

  void walk(const config::Node& node, int depth) {
    require(depth <= 64 && ++values <= 2'000'000);
    require(node.line() >= 1 && node.line() <= last_line);
    require(node.is_map() + node.is_list() + node.is_scalar() == (node ? 1 : 0));
    require(node.text().has_value() == node.is_scalar());
    for (const auto& [key, value] : node.members()) {
      if (!key.empty()) require(node[key].line() >= 1);
      walk(value, depth + 1);
    }
    if (!node.is_list()) return;
    for (const config::Node& item : node.items()) walk(item, depth + 1);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto node = config::read_text(text, "a.yaml");
  if (!node) {
    require(node.error().where.starts_with("a.yaml") && !node.error().what.empty());
    return 0;
  }
  // Three bytes can be a line end too (U+2028), so the bytes are what bounds the lines.
  Walk{static_cast<int>(std::min<std::size_t>(size, 1u << 30)) + 1}.walk(*node, 0);
  return 0;
}
