#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What is found in a segment map of these rules and a message that uses it.
std::string found(const std::string& rules, const std::string& more = {}) {
  const Folder folder(false);
  folder.write("segments/PID[Patient].yaml", "segment: PID\n" + more + "rules:\n" + rules);
  folder.write("messages/ADT_A01.yaml",
               "message: ADT_A01\ntypes: [ADT^A01]\nresources:\n  Patient[1]: {per: message}\nrows:\n"
               "  - {from: PID, to: \"Patient[1]\", map: \"PID[Patient]\"}\n");
  const auto library = Library::load(folder.path());
  EXPECT_TRUE(library) << folder.problems();
  std::string out;
  if (!library) return out;
  for (const Issue& issue : library->lints()) out += std::string(name(issue.severity)) + " " + issue.line() + "\n";
  return out;
}

TEST(Lint, ARuleWhoseConditionCanNeverHoldIsAnError) {
  EXPECT_THAT(
      found("  - {from: PID-7, to: birthDate, when: PID-8 and not PID-8}\n"),
      HasSubstr("error segments/PID[Patient].yaml:3: the condition of PID[Patient]#r1 can never hold. mend it"));
}

TEST(Lint, ARuleThatHasNothingToWriteIsTold) {
  EXPECT_THAT(found("  - {from: PID-7, to: birthDate, when: not PID-7}\n"),
              HasSubstr("PID[Patient]#r1 has no value to write"));
  EXPECT_THAT(found("  - {from: PID-8, to: gender, else: unknown, when: not PID-8}\n"), IsEmpty());
}

TEST(Lint, ARuleBehindOneThatAlwaysWritesNeverDoes) {
  const std::string first = "  - {from: PID-7, to: birthDate}\n";
  EXPECT_THAT(found(first + "  - {from: PID-7, to: birthDate, when: PID-8}\n"),
              HasSubstr("PID[Patient]#r2 never writes: wherever it could, PID[Patient]#r1"));
  EXPECT_THAT(
      found("  - {to: gender, value: male, when: PID-8}\n  - {to: gender, value: female, when: 'PID-8 = \"F\"'}\n"),
      HasSubstr("never writes"));
  // Another source, or one that may not convert: a fallback.
  EXPECT_THAT(found(first + "  - {from: PID-29, to: birthDate}\n"), IsEmpty());
  EXPECT_THAT(found("  - {from: PID-7, to: birthDate}\n  - {to: birthDate, value: \"1900-01-01\", when: PID-7}\n"),
              IsEmpty());
}

TEST(Lint, ItemsOfAListAndLabelsAreApart) {
  EXPECT_THAT(found("  - {from: PID-9, to: \"name[a].text\"}\n  - {from: PID-9, to: \"name[b].text\"}\n"), IsEmpty());
  EXPECT_THAT(found("  - {from: PID-9, to: \"name[a].given\"}\n  - {from: PID-9, to: \"name[a].given\"}\n"), IsEmpty());
  EXPECT_THAT(found("  - {from: PID-9, to: \"name[a].text\"}\n  - {from: PID-9, to: \"name[a].text\"}\n"),
              HasSubstr("never writes"));
}

TEST(Lint, RulesThatCrossAreToldUnlessOneSaysFallback) {
  const std::string first = "  - {to: gender, value: male, when: 'PID-8 = \"M\" or PID-7'}\n";
  EXPECT_THAT(found(first + "  - {to: gender, value: female, when: 'PID-8 = \"F\"'}\n"),
              HasSubstr("warning segments/PID[Patient].yaml:4: PID[Patient]#r1 and PID[Patient]#r2 both write gender "
                        "where both conditions hold"));
  EXPECT_THAT(found(first + "  - {to: gender, value: female, when: 'PID-8 = \"F\"', fallback: true}\n"), IsEmpty());
  EXPECT_THAT(found(first + "  - {to: gender, value: female, when: 'PID-8 = \"F\" and not PID-7'}\n"), IsEmpty());
  EXPECT_THAT(found(first + "  - {to: gender, value: unknown}\n"), IsEmpty()) << "what is left needs no condition";
  EXPECT_THAT(found("  - {to: gender, value: male, when: 'PID-8 = \"M\" and PID-7'}\n  - {to: gender, value: other, "
                    "when: 'PID-8 = \"M\"'}\n"),
              IsEmpty())
      << "from the special to the general";
}

TEST(Lint, AFallbackFromNothingIsTold) {
  EXPECT_THAT(found("  - {from: PID-7, to: birthDate, fallback: true}\n"), HasSubstr("nothing to fall back from"));
}

TEST(Lint, CodesBesideARequiredValueSetAreTold) {
  const std::string code = "  - {to: \"contact[c].gender\", value: male}\n";
  EXPECT_THAT(found(code), IsEmpty());
  EXPECT_THAT(found("  - {to: \"link[l].type\", value: seealso}\n"), IsEmpty());
}

TEST(Lint, MapsAndTablesThatNobodyUsesAreToldUnlessTheySayWhy) {
  const Folder folder(true);
  folder.write("datatypes/SAD[Address].yaml", "datatype: SAD\nrules:\n  - {from: SAD.1, to: line}\n");
  folder.write("tables/Idle.yaml", "table: Idle\nunused: for the test\nmap: {A: b}\n");
  folder.write("tables/Lost.yaml", "table: Lost\nmap: {A: b}\n");
  const auto library = Library::load(folder.path());
  ASSERT_TRUE(library) << folder.problems();
  std::string all;
  for (const Issue& issue : library->lints()) all += issue.line() + "\n";
  EXPECT_THAT(all, HasSubstr("SAD[Address]: no message leads to this map"));
  EXPECT_THAT(all, HasSubstr("table Lost: no rule uses it"));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("Idle")));
  EXPECT_THAT(found("  - {from: PID-7, to: birthDate}\n", "unused: wrong\n"),
              HasSubstr("is used, and says that it is not"));
}

TEST(Lint, AMessagesConditionsAreLookedAt) {
  const Folder folder(true);
  folder.write("messages/ADT_A02.yaml",
               "message: ADT_A02\ntypes: [ADT^A02]\nresources:\n  Patient[1]: {per: message}\nrows:\n"
               "  - {from: PID, to: \"Patient[1]\", map: \"PID[Patient]\", when: PV1 and not PV1}\n");
  const auto library = Library::load(folder.path());
  ASSERT_TRUE(library) << folder.problems();
  const auto lints = library->lints();
  ASSERT_FALSE(lints.empty());
  EXPECT_EQ(lints.front().severity, Severity::error);
  EXPECT_THAT(lints.front().line(), HasSubstr("messages/ADT_A02.yaml:6"));
}

}  // namespace
}  // namespace yilian::mapping::test
