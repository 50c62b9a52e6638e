// Any bytes as a message through the mappings of the tests and of the project: no crash, no reference that resolves
// nowhere, no id twice, nothing that FHIR does not allow, members in order, origins within the message, and JSON that
// reads back.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/fhir/check.h"
#include "engine/mapping/mapping.h"

namespace {

using namespace yilian;

std::shared_ptr<const mapping::Mapping> load(const char* folder) {
  auto library = mapping::Library::load(folder);
  if (!library) std::abort();
  auto compiled = library->compile(config::Node());
  if (!compiled) std::abort();
  return *compiled;
}

const std::vector<std::shared_ptr<const mapping::Mapping>>& maps() {
  static const std::vector<std::shared_ptr<const mapping::Mapping>> all{
      load(YILIAN_SOURCE_DIR "/tests/unit/mapping/maps"), load(YILIAN_SOURCE_DIR "/mappings/hl7v2")};
  return all;
}

void check_references(const fhir::Json& json, const std::set<std::string>& known) {
  if (json.is_array()) {
    for (const fhir::Json& item : json.items()) check_references(item, known);
  }
  if (!json.is_object()) return;
  for (const fhir::Member& member : json.members()) {
    if (member.name == "reference" && known.count(std::string(member.value.text())) == 0) std::abort();
    check_references(member.value, known);
  }
}

void check(const mapping::Mapped& mapped, std::string_view message) {
  std::set<std::string> known;
  for (const auto& made : mapped.resources) {
    if (!known.insert(std::string(made.type) + "/" + std::string(made.id)).second) std::abort();
  }
  fhir::Arena sorted;
  for (const auto& made : mapped.resources) {
    check_references(*made.resource, known);
    // The store takes a mapping's word for both (records::Preparation).
    for (const Issue& issue : fhir::check(*made.resource, 1)) {
      std::fprintf(stderr, "%s\n%s\n%.*s\n", issue.line().c_str(), fhir::write_json(*made.resource).c_str(),
                   static_cast<int>(message.size()), message.data());
      std::abort();
    }
    const std::string text = fhir::write_json(*made.resource);
    fhir::Json* copy = fhir::copy(*made.resource, sorted);
    fhir::sort_members(*copy);
    if (fhir::write_json(*copy) != text) {
      std::fprintf(stderr, "members are not in order: %s\n", text.c_str());
      std::abort();
    }
  }
  for (const auto& origin : mapped.origins) {
    if (origin.begin > origin.end || origin.end > message.size() || origin.resource >= mapped.resources.size()) std::abort();
  }
  fhir::Arena arena;
  if (!fhir::read_json(mapping::transaction_bundle(mapped), arena)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto read = hl7v2::read({reinterpret_cast<const char*>(data), size}, std::nullopt);
  if (!read) return 0;
  mapping::Context context;
  context.hospital = "fuzz";
  context.feed = "fuzz";
  context.space = Uuid::named(root_space(), context.hospital);
  context.trace = size % 2 == 0;
  for (const auto& mapping : maps()) {
    const auto mapped = mapping->run(read->message, context);
    if (mapped) check(*mapped, read->message.text());
  }
  return 0;
}
