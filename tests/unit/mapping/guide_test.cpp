#include "engine/mapping/guide.h"

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = GuideRow::State;

constexpr const char* kRows =
    "kind\tmap\tline\tclass\tcode\n"
    "segment\tPID[Patient]\t5\tcomputable\t\n"
    "segment\tPID[Patient]\t90\tcomputable\t\n"
    "segment\tPID[Patient]\t91\tnarrative\t\n"
    "segment\tPID[Patient]\t92\tcomputable\t\n"
    "datatype\tZZ[string]\t3\tcomputable\t\n"
    "table\tNameType\t3\tcomputable\tL\n"
    "table\tNameType\t4\tcomputable\tQ\n";

struct Found {
  Coverage coverage;
  const GuideRow& row(const std::string& map, const std::string& line) const {
    for (const GuideRow& each : coverage.rows) {
      if (each.map == map && each.line == line) return each;
    }
    throw std::out_of_range(map + line);
  }
  std::string problems() const {
    std::string all;
    for (const Issue& issue : coverage.problems) all += issue.line() + "\n";
    return all;
  }
};

// The small maps of the tests have rows of the guide that these few do not list: those are problems, and left out here.
Found covered(const std::string& deviations) {
  const Folder folder(true);
  folder.write("guide.tsv", kRows);
  folder.write("deviations.yaml", deviations);
  const auto library = Library::load(folder.path());
  EXPECT_TRUE(library) << folder.problems();
  auto coverage = guide_coverage(folder.path(), *library);
  EXPECT_TRUE(coverage);
  std::erase_if(coverage->problems, [](const Issue& issue) { return issue.where.rfind("deviations.yaml", 0) != 0; });
  return {std::move(*coverage)};
}

TEST(Guide, ARowIsARuleOrDoneElsewhereOrListedOrOpen) {
  const auto found = covered(
      "left-out:\n  - {class: narrative, reason: prose}\n  - {rows: \"NameType#Q\", reason: no code}\n"
      "elsewhere:\n  - {rows: \"ZZ[string]\", reason: by the engine}\nchanged:\n  - {rows: \"PID[Patient]#90\", "
      "reason: better}\n");
  EXPECT_THAT(found.problems(), IsEmpty());
  EXPECT_EQ(found.row("PID[Patient]", "5").state, State::done);
  EXPECT_EQ(found.row("PID[Patient]", "5").rule, "PID[Patient]#5");
  EXPECT_THAT(found.row("PID[Patient]", "5").place, HasSubstr("segments/PID[Patient].yaml:"));
  EXPECT_EQ(found.row("PID[Patient]", "90").state, State::listed);
  EXPECT_EQ(found.row("PID[Patient]", "90").reason, "better");
  EXPECT_EQ(found.row("PID[Patient]", "91").reason, "prose");
  EXPECT_EQ(found.row("PID[Patient]", "92").state, State::open);
  EXPECT_EQ(found.row("ZZ[string]", "3").state, State::elsewhere);
  EXPECT_EQ(found.row("NameType", "3").state, State::done);
  EXPECT_EQ(found.row("NameType", "4").state, State::listed);
}

TEST(Guide, ADeviationThatNoLongerHoldsIsAProblem) {
  const auto found = covered(
      "left-out:\n  - {rows: \"PID[Patient]#5, #93\", reason: x}\n  - {rows: \"PID[Patient]#94-96\", reason: x}\n  - "
      "{rows: \"PQ[Patient]\", reason: x}\n"
      "  - {rows: \"PID[Patient]\", reason: x}\n  - {rows: \"NameType#L\", reason: x}\n  - {rows: "
      "\"PID[Patient]#92\"}\n");
  const std::string problems = found.problems();
  EXPECT_THAT(
      problems,
      HasSubstr("deviations.yaml:2: lists PID[Patient]#5 as no rule, but it is one at segments/PID[Patient].yaml:"));
  EXPECT_THAT(problems, HasSubstr("names PID[Patient]#93, which is no row"));
  EXPECT_THAT(problems, HasSubstr("names PID[Patient]#94-96, which is no row"));
  EXPECT_THAT(problems, HasSubstr("names PQ[Patient], which is no map"));
  EXPECT_THAT(problems, HasSubstr("lists the whole of PID[Patient] as no rules"));
  EXPECT_THAT(problems, HasSubstr("lists NameType#L as no rule"));
  EXPECT_THAT(problems, HasSubstr("gives no reason"));
}

TEST(Guide, ARuleThatNamesNoRowIsAProblem) {
  const Folder folder(true);
  folder.write("guide.tsv", kRows);
  folder.write("deviations.yaml", "left-out: []\n");
  const auto library = Library::load(folder.path());
  ASSERT_TRUE(library);
  const auto coverage = guide_coverage(folder.path(), *library);
  ASSERT_TRUE(coverage);
  std::string all;
  for (const Issue& issue : coverage->problems) all += issue.line() + "\n";
  EXPECT_THAT(all, HasSubstr("`ig` names PID[Patient]#7, which is no row of the guide"));
}

TEST(Guide, WithoutItsFilesThereIsNoCount) {
  const auto library = Library::load(maps_folder());
  ASSERT_TRUE(library);
  EXPECT_FALSE(guide_coverage(maps_folder(), *library));
}

}  // namespace
}  // namespace yilian::mapping::test
