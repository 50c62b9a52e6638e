// libFuzzer: any bytes through the reader of XML; what it takes goes out as XML and comes back the same. The same bytes as JSON through the writer.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/fhir/check.h"
#include "engine/fhir/json.h"
#include "engine/fhir/xml.h"

namespace {

using namespace yilian::fhir;

void require(bool promise) {
  if (!promise) std::abort();
}

void refused(const yilian::Issue& issue) {
  using yilian::Code;
  require(issue.code == Code::bad_syntax || issue.code == Code::bad_encoding || issue.code == Code::too_deep || issue.code == Code::too_large ||
          issue.code == Code::bad_structure || issue.code == Code::bad_value);
  require(!issue.what.empty());
}

void same_again(const Json& value, const std::string& xml) {
  Arena arena;
  const auto again = read_xml(xml, arena, {.depth = kDeepest});
  require(again.has_value() && equal(**again, value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Arena arena;
  if (const auto read = read_xml(bytes, arena)) {
    for (const bool pretty : {false, true}) {
      const auto xml = write_xml(**read, pretty);
      require(xml.has_value());
      same_again(**read, *xml);
    }
  } else {
    refused(read.error());
  }
  if (const auto json = read_json(bytes, arena)) {
    const bool valid = check(**json).empty();
    const auto xml = write_xml(**json);
    if (!xml) require(!xml.error().what.empty());
    if (xml && valid) {
      sort_members(**json);
      Arena other;
      require(read_xml(*xml, other, {.depth = kDeepest}).has_value());
    }
  }
  return 0;
}
