// libFuzzer: any bytes through the JSON reader, the check, the sorting and the writers. A broken promise of the headers
// aborts.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/fhir/check.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace {

using namespace yilian::fhir;

void require(bool promise) {
  if (!promise) std::abort();
}

void refused(const yilian::Issue& issue) {
  using yilian::Code;
  require(issue.code == Code::bad_syntax || issue.code == Code::bad_encoding || issue.code == Code::too_deep ||
          issue.code == Code::too_large);
  require(!issue.what.empty());
}

void look_around(const Json& value) {
  constexpr std::size_t kLimit = 20;
  const auto issues = check(value, kLimit);
  require(issues.size() <= kLimit);
  for (const yilian::Issue& issue : issues) require(!issue.where.empty() && !issue.what.empty());
  require(check(value, 0).empty());
}

// What is written is read again as the same, minified or not.
void same_again(const Json& value) {
  for (const std::string& text : {write_json(value), pretty_json(value)}) {
    Arena arena;
    const auto again = read_json(text, arena, {.depth = kDeepest});
    require(again.has_value() && equal(**again, value) && write_json(**again) == write_json(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string_view type :
       {"date", "dateTime", "time", "base64Binary", "code", "oid", "uuid", "decimal", "integer", "xhtml", "string"}) {
    valid_primitive(type, bytes);
  }
  Arena arena;
  const auto read = read_json(bytes, arena);
  if (!read) {
    refused(read.error());
    return 0;
  }
  Json& value = **read;
  same_again(value);
  look_around(value);
  Arena other;
  Json* copied = copy(value, other);
  require(equal(*copied, value));
  const auto before = check(value).size();
  sort_members(value);
  require(check(value).size() == before);
  const std::string sorted = write_json(value);
  sort_members(value);
  require(write_json(value) == sorted);
  same_again(value);
  return 0;
}
