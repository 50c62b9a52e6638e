// Any bytes as a message through the test mappings: no crash, no reference that resolves nowhere, and JSON that reads
// back.
//
// With libFuzzer (clang, -fsanitize=fuzzer) LLVMFuzzerTestOneInput is all there is; with YILIAN_FUZZ_MAIN a small
// driver runs the files that are given, or a number of messages made by changing a few seeds: mapping_fuzz COUNT
// [SEED].

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "engine/mapping/mapping.h"

namespace {

using namespace yilian;

const mapping::Mapping& maps() {
  static const std::shared_ptr<const mapping::Mapping> mapping = [] {
    auto library = mapping::Library::load(YILIAN_SOURCE_DIR "/tests/unit/mapping/maps");
    if (!library) std::abort();
    auto compiled = library->compile(config::Node());
    if (!compiled) std::abort();
    return *compiled;
  }();
  return *mapping;
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

void check(const mapping::Mapped& mapped, std::size_t text_size) {
  std::set<std::string> known;
  for (const auto& made : mapped.resources) {
    if (!known.insert(std::string(made.type) + "/" + std::string(made.id)).second) std::abort();
  }
  for (const auto& made : mapped.resources) check_references(*made.resource, known);
  for (const auto& origin : mapped.origins) {
    if (origin.begin > origin.end || origin.end > text_size || origin.resource >= mapped.resources.size()) std::abort();
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
  const auto mapped = maps().run(read->message, context);
  if (mapped) check(*mapped, read->message.text().size());
  return 0;
}

#ifdef YILIAN_FUZZ_MAIN
namespace {

const char* const kSeeds[] = {
    "MSH|^~\\&|LIS|A|||20260102080000||ORU^R01|17|P|2.5.1\rPID|1||P1^^^A&1.2.3&ISO^MR~P2||\xE5\xBC\xA0^\xE4\xB8\x89||"
    "199311200830|F|||||1~2\rNK1|1|A^B|SPO||12\r"
    "PV1|1|I|||||D1^W^Y~^Z^E|||||||||||V1\rORC|RE|O1|F1\rOBR|1|O1|F1|C^c^L\rOBX|1|NM|W^w^L||6.50|g^g^UCUM|4-10|N|||F|||"
    "2026||D2^Q^J\rNTE|1||x~y\r"
    "OBX|2|TX|V^v^L||a\\.br\\b||||||F\rSPM|1|S1||B^b^HL70487\r",
    "MSH|^~\\&|HIS|A|||20260102080000||ADT^A13|17|P|2.5.1\rEVN|A13|20260101\rPID|1||P1^^^A^MR||Doe^Jane||\"\"|M||||||||"
    "M^^L\rNK1|1|A^B\rNK1|2|C^D\rPV1|1|I||||||||||||||||||V1\r"};

std::string changed(std::mt19937& random) {
  std::string text = kSeeds[random() % std::size(kSeeds)];
  const std::string_view alphabet = "|^~\\&\r\n\"09AZ.-+ <\x80\xFF";
  for (std::uint32_t i = 1 + random() % 12; i > 0 && !text.empty(); --i) {
    const std::size_t at = random() % text.size(), length = 1 + random() % 30;
    switch (random() % 5) {
      case 0:
        text[at] = alphabet[random() % alphabet.size()];
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), length));
        break;
      case 3:
        text.insert(at, length, alphabet[random() % alphabet.size()]);
        break;
      default:
        text.insert(at, text.substr(at, text.find('\r', at) - at));
        break;
    }
  }
  return text;
}

}  // namespace

int main(int count, char** words) {
  const long rounds = count > 1 ? std::strtol(words[1], nullptr, 10) : 20'000;
  if (count > 1 && rounds == 0) {
    for (int i = 1; i < count; ++i) {
      std::ifstream in(words[i], std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }
    return 0;
  }
  std::mt19937 random(count > 2 ? static_cast<std::uint32_t>(std::strtoul(words[2], nullptr, 10)) : 1u);
  for (long i = 0; i < rounds; ++i) {
    const std::string text = changed(random);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  }
  std::printf("%ld messages\n", rounds);
  return 0;
}
#endif
