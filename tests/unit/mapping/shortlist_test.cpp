// What is left out by a shortlist would have done nothing: a traced run, which asks every rule, is the measure.

#include "engine/mapping/shortlist.h"

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

std::string everything(const Done& done) {
  std::string text;
  for (const Made& made : done.mapped.resources) text += fhir::write_json(*made.resource) + "\n";
  for (const Notice& notice : done.mapped.notices) text += notice.where + ": " + notice.what + " " + notice.rule + "\n";
  return text;
}

void expect_same(const std::string& segments) {
  Context how = context();
  const std::string plain = everything(run(*shared_mapping(), oru(segments), how));
  const std::string again = everything(run(*shared_mapping(), oru(segments), how));
  how.trace = true;
  const std::string traced = everything(run(*shared_mapping(), oru(segments), how));
  EXPECT_EQ(plain, traced) << segments;
  EXPECT_EQ(again, traced) << segments;
}

// Each type with each value, one after the other in one thread: a list of one must not serve another.
TEST(Shortlist, LeavesOutNothingThatWouldHaveActed) {
  for (const std::string type : {"NM", "ST", "TX", "CWE", "SN", "DT", "ED", "", "??", "NM~ST", "ATYPETHATISFARTOOLONGFORACODE"}) {
    for (const std::string value : {"6.50", "text", "A^a^L", "<^5", "6.5~7.5", "\"\"", ""}) {
      for (const std::string rest : {"|g|1-2|N|||F|||20260101", "|||||||", "|g||||||||", "||~|H~N|||\"\"||"})
        expect_same("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|" + type + "|W^w^L||" + value + rest + "\n");
    }
  }
}

TEST(Shortlist, HasASegmentInItsOwnRight) {
  expect_same("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.50|g|1-2|N|||F\nOBX|2|ST|W^w^L||abc\nOBX|3|NM|V^v^L||7|g|1-2|N|||P\n");
}

// A field with something in it may yet say nothing, or take something back.
TEST(Shortlist, KnowsAFieldThatTellsNothing) {
  for (const std::string time : {"20260101", "\"\"", "^", " ", "&", "~20260101", "^^~", "\"x\"", ""}) {
    for (const std::string observer : {"D1^Li", "\"\"", "^", "~D1", ""}) {
      expect_same("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L|||20251231" + std::string(25, '|') + "D2&Wang\nOBX|1|NM|W^w^L||6.50|g|1-2|N|||F|||" + time +
                  "||" + observer + "\n");
    }
  }
}

Shape shape_of(std::string_view text) {
  Shape shape;
  EXPECT_TRUE(shape.add(text));
  return shape;
}

TEST(Shortlists, FindTheirOwn) {
  RowLists lists;
  for (std::uint32_t i = 0; i < 200; ++i) ASSERT_NE(lists.keep(shape_of(std::to_string(i)), {i}), nullptr);
  for (const std::uint32_t i : {7u, 7u, 71u, 7u, 199u}) {  // 7 and 71 share the place of the last one
    const auto* found = lists.find(shape_of(std::to_string(i)), i);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, std::vector<std::uint32_t>{i});
  }
  EXPECT_EQ(lists.find(shape_of("200"), 7), nullptr);
  Shape full = shape_of(std::string(Shape::kLongest, 'x'));
  EXPECT_FALSE(full.add("y"));
}

TEST(Shortlists, ForgetBeforeTheyGrowWithoutEnd) {
  Shortlists lists;
  for (std::size_t i = 0; i < Shortlists::kMost; ++i) EXPECT_NE(lists.keep(shape_of(std::to_string(i)), Shortlist()), nullptr);
  EXPECT_EQ(lists.keep(shape_of("more"), Shortlist()), nullptr);
  EXPECT_NE(lists.find(shape_of("0"), 0), nullptr);  // what a message has found stays until it ends
  lists.begin();
  EXPECT_EQ(lists.find(shape_of("0"), 0), nullptr);
  EXPECT_NE(lists.keep(shape_of("more"), Shortlist()), nullptr);
}

}  // namespace
}  // namespace yilian::mapping::test
