// All messages of a folder of real ones, where it is there: nothing may crash or hang, and what is refused has a reason.

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/hl7v2/batch.h"
#include "engine/hl7v2/escape.h"
#include "engine/hl7v2/grammar.h"

namespace yilian::hl7v2 {
namespace {

TEST(Corpus, EveryMessageIsReadOrRefusedWithAReason) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(YILIAN_SOURCE_DIR).parent_path() / "shared/corpus/hl7v2";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no folder of real messages beside the project";
  int messages = 0, refused = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || extension == ".json" || extension == ".md" || extension == ".LICENSE") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string raw((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    for (const auto one : split(raw).messages) {
      ++messages;
      const auto read = hl7v2::read(one, text::Charset::latin1);
      if (!read) {
        ++refused;
        EXPECT_FALSE(read.error().what.empty());
        continue;
      }
      const Message& m = read->message;
      if (const Particle* root = structure(m.structure())) Tree::arrange(m, *root);
      for (std::size_t s = 0; s < m.segment_count(); ++s) {
        for (unsigned f = 1; f <= m.field_count(s); ++f) unescape(m.field(s, f), m.delimiters());
      }
    }
  }
  RecordProperty("messages", messages);
  RecordProperty("refused", refused);
  std::printf("%d messages, %d refused\n", messages, refused);
  EXPECT_GT(messages, 500);
}

}  // namespace
}  // namespace yilian::hl7v2
