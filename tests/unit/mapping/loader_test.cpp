#include "tests/unit/mapping/fixture.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;

TEST(Loader, ReadsTheFixture) { EXPECT_EQ(Folder(true).problems(), ""); }

TEST(Loader, UnknownKeysAreToldWithPlaceAndCure) {
  const Folder folder(true);
  folder.replace("segments/PID[Patient].yaml", "{ig: 10, from: PID-7, to: birthDate}",
                 "{ig: 10, form: PID-7, to: birthDate}");
  EXPECT_THAT(folder.problems(), HasSubstr("segments/PID[Patient].yaml:6"));
  EXPECT_THAT(folder.problems(), HasSubstr("from"));
}

TEST(Loader, AFolderWithoutFilesIsAnError) { EXPECT_THAT(Folder(false).problems(), HasSubstr("no mapping files")); }

TEST(Loader, WhatCannotBeReadIsToldAndTheRestIsRead) {
  const Folder folder(true);
  folder.append("tables/NameType.yaml", "  - [\n");
  std::filesystem::create_directory(folder.path() + "/tables/Folder.yaml");
  folder.append("segments/SPM[Specimen].yaml", "  - {from: SPM-4, to: typ}\n");
  const std::string problems = folder.problems();
  EXPECT_THAT(problems, HasSubstr("tables/NameType.yaml:"));
  EXPECT_THAT(problems, HasSubstr("tables/Folder.yaml: cannot be read"));
  EXPECT_THAT(problems, HasSubstr("did you mean type?"));
}

TEST(Loader, TwoRulesOfOneNameAreAnError) {
  const Folder folder(true);
  folder.append("segments/SPM[Specimen].yaml",
                "  - {id: same, from: SPM-4, to: type, as: \"CWE[CodeableConcept]\"}\n  - {id: same, from: SPM-4, to: "
                "type, as: \"CWE[CodeableConcept]\"}\n");
  EXPECT_THAT(folder.problems(), HasSubstr("two rules are named same"));
}

TEST(Loader, AllProblemsAreToldAtOnce) {
  const Folder folder(true);
  folder.append("tables/NameType.yaml", "extra: 1\n");
  folder.append("segments/SPM[Specimen].yaml", "  - {from: SPM-4, to: typ}\n  - {from: SPM-99, to: receivedTime}\n");
  const std::string problems = folder.problems();
  EXPECT_THAT(problems, HasSubstr("tables/NameType.yaml"));
  EXPECT_THAT(problems, HasSubstr("did you mean type?"));
  EXPECT_THAT(problems, HasSubstr("SPM has no field 99"));
}

TEST(Loader, RowsOfTheGuideAreCounted) {
  const auto library = Library::load(maps_folder());
  ASSERT_TRUE(library);
  const auto rows = library->rows();
  const auto numbers = [&](const char* map) {
    std::vector<int> out;
    for (const auto& [row, rule] : rows.at(map)) out.push_back(row);
    return out;
  };
  EXPECT_EQ(numbers("CWE[CodeableConcept]"), (std::vector<int>{3, 4, 5, 6, 7, 8, 11}));
  EXPECT_EQ(numbers("ORU_R01"), (std::vector<int>{12, 20, 40, 63}));
  EXPECT_THAT(rows.at("ORU_R01").at(12).place, HasSubstr("messages/ORU_R01.yaml:"));
  EXPECT_TRUE(rows.at("XTN[ContactPoint]").empty());
}

TEST(Loader, TheFingerprintTellsFilesAndHospitalsApart) {
  const Folder folder(true);
  const auto plain = folder.mapping()->fingerprint();
  EXPECT_EQ(folder.mapping()->fingerprint(), plain);
  const std::string hospital = "mapping:\n  systems: {LIS: \"urn:oid:1.2\"}\n";
  EXPECT_NE(folder.mapping(hospital)->fingerprint(), plain);
  EXPECT_EQ(folder.mapping(hospital)->fingerprint(),
            folder.mapping("mapping:\n    systems:\n        LIS: urn:oid:1.2\n")->fingerprint());
  folder.append("tables/NameType.yaml", "# a remark\n");
  EXPECT_NE(folder.mapping()->fingerprint(), plain);
}

}  // namespace
}  // namespace yilian::mapping::test
