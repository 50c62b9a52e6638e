// libFuzzer: a line is a document, the rest a JSON Patch on it. The document never changes, the result is bounded and can be written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/fhir/json.h"
#include "engine/fhir/json_patch.h"

namespace {

using namespace yilian::fhir;

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find('\n');
  Arena arena;
  const auto document = read_json(bytes.substr(0, end), arena);
  const auto patch = read_json(end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1), arena);
  if (!document || !patch) return 0;
  const std::string before = write_json(**document);
  const PatchLimits limits{.values = 10'000};
  const auto result = patch_json(**document, **patch, arena, limits);
  require(write_json(**document) == before);
  require(same_value(**document, **document));
  if (!result) {
    require(!result.error().what.empty() && result.error().where.starts_with("patch"));
    return 0;
  }
  const std::string written = write_json(**result);
  Arena other;
  const auto again = read_json(written, other, {.depth = kDeepest});
  require(again.has_value() && write_json(**again) == written && same_value(**again, **result));
  return 0;
}
