// The tests beside the rules are run, and fail when the rules do not do what they say.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;

std::string failures(const Folder& folder) {
  const auto library = Library::load(folder.path());
  EXPECT_TRUE(library) << folder.problems();
  std::string all;
  for (const Issue& issue : library->run_tests()) all += issue.line() + "\n";
  return all;
}

std::string with_test(const std::string& expectation) {
  const Folder folder(true);
  folder.append("segments/PID[Patient].yaml",
                "  - name: more\n    given: |\n      PID|1||P1||Doe^Jane^Mary||19800102|F\n" + expectation);
  return failures(folder);
}

TEST(InlineTests, TheFixturesPass) { EXPECT_EQ(failures(Folder(true)), ""); }

TEST(InlineTests, WhatHoldsPasses) {
  EXPECT_EQ(with_test("    expect: {Patient: {\"name.given\": Mary, \"name[0].given[1]\": Mary, birthDate: "
                      "\"1980*\"}}\n    count: {Patient: 1, Encounter: 0}\n    absent: [Encounter, Patient.photo]\n"),
            "");
}

TEST(InlineTests, WhatDoesNotHoldFailsWithItsPlace) {
  EXPECT_THAT(with_test("    expect: {Patient: {gender: male}}\n"),
              HasSubstr("test 'more': Patient: gender is 'female', not 'male'"));
  EXPECT_THAT(with_test("    expect: {Patient: {gender: male}}\n"), HasSubstr("segments/PID[Patient].yaml:"));
  EXPECT_THAT(with_test("    expect: {Patient: {\"name[1].family\": Doe}}\n"), HasSubstr("name[1].family is absent"));
  EXPECT_THAT(with_test("    expect: {Encounter: {status: planned}}\n"), HasSubstr("no Encounter was made"));
  EXPECT_THAT(with_test("    absent: [Patient.gender]\n"), HasSubstr("Patient.gender is there: 'female'"));
  EXPECT_THAT(with_test("    count: {Patient: 2}\n"), HasSubstr("there are 1 Patient, not 2"));
  EXPECT_THAT(with_test("    expect: [{Patient: {gender: female}}, {Patient: {gender: female}}]\n"),
              HasSubstr("no Patient was made"));
  // A list below a type: that many different ones.
  EXPECT_EQ(with_test("    expect: {Patient: [{gender: female}]}\n"), "");
  EXPECT_THAT(with_test("    expect: {Patient: [{gender: male}]}\n"), HasSubstr("gender is 'female', not 'male'"));
  EXPECT_THAT(with_test("    expect: {Patient: [{gender: female}, {gender: female}]}\n"), HasSubstr("no Patient was made"));
  EXPECT_THAT(with_test("    expects: {}\n"), HasSubstr("expect"));
}

TEST(InlineTests, AMessageThatIsRefusedFails) {
  const Folder folder(true);
  folder.append("segments/PID[Patient].yaml", "  - name: none\n    given: |\n      NK1|1\n    count: {Patient: 0}\n");
  EXPECT_THAT(failures(folder), HasSubstr("the message is refused"));
}

}  // namespace
}  // namespace yilian::mapping::test
