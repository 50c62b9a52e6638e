// What others take a mapping's word for, over every message of the project. The store (records::Preparation): nothing
// that FHIR does not allow, members in order. All: the memo is never seen; a traced run, which does without, is the measure.

#include <filesystem>
#include <fstream>

#include "engine/fhir/check.h"
#include "engine/hl7v2/batch.h"
#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping {
namespace {

void expect_kept(const Mapped& mapped, const std::string& file) {
  for (const Made& made : mapped.resources) {
    for (const Issue& issue : fhir::check(*made.resource)) ADD_FAILURE() << file << ": " << issue.line();
    fhir::Arena arena;
    fhir::Json* sorted = fhir::copy(*made.resource, arena);
    fhir::sort_members(*sorted);
    EXPECT_EQ(fhir::write_json(*made.resource), fhir::write_json(*sorted)) << file;
  }
}

TEST(Promise, IsKeptForEveryMessageOfTheProject) {
  const auto library = Library::load(YILIAN_SOURCE_DIR "/mappings/hl7v2");
  ASSERT_TRUE(library);
  const auto mapping = library->compile(config::Node());
  ASSERT_TRUE(mapping);
  Context context;
  context.hospital = "test";
  context.feed = "test";
  context.space = Uuid::named(root_space(), context.hospital);
  std::size_t resources = 0;
  for (const char* folder : {"/tests/conformance/messages", "/tests/fuzz/corpus/mapping", "/config/quickstart/messages"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(YILIAN_SOURCE_DIR) + folder)) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string raw((std::istreambuf_iterator<char>(in)), {});
      for (const std::string_view each : hl7v2::split(raw).messages) {
        const auto read = hl7v2::read(each, std::nullopt);
        if (!read) continue;
        const std::string file = entry.path().filename().string();
        std::vector<std::string> bundles;
        for (const bool trace : {false, false, false, false, false, true}) {
          context.trace = trace;
          const auto mapped = (*mapping)->run(read->message, context);
          if (!mapped) break;
          expect_kept(*mapped, file);
          bundles.push_back(transaction_bundle(*mapped));
          resources += mapped->resources.size();
        }
        for (const std::string& bundle : bundles) EXPECT_EQ(bundle, bundles.back()) << file;
      }
    }
  }
  EXPECT_GT(resources, 1000U);
}

}  // namespace
}  // namespace yilian::mapping
