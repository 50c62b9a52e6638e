// Nothing that FHIR does not allow leaves the mapping, and nothing is said twice.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Finish, DefaultsFillOnlyWhatIsAbsent) {
  const auto done = run(oru("PID|1||P1\nPV1|1||||||||||||||||||V1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||Z\n"));
  EXPECT_THAT(
      done.json("Encounter"),
      HasSubstr(
          R"("status":"unknown","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"})"));
  EXPECT_EQ(done.one("Observation").resource->text_at("status"), "unknown");
  const auto told = run(oru("PID|1||P1\nPV1|1|I|||||||||||||||||V1\nOBR|1||F1|A^a^L\n"));
  EXPECT_THAT(told.json("Encounter"), HasSubstr(R"("code":"IMP","display":"inpatient encounter"})"));
  EXPECT_THAT(told.json("Encounter"), Not(HasSubstr("AMB")));
}

TEST(Finish, WhatLacksARequiredElementIsLeftOutAndTold) {
  // Observation.code is required: OBX-3 is empty. The report refers to it no more.
  const auto done = run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|||1||||||F\nOBX|2|NM|W^w^L||1||||||F\n"));
  EXPECT_EQ(done.all("Observation").size(), 1u);
  EXPECT_EQ(done.one("DiagnosticReport").resource->find("result")->size(), 1u);
  EXPECT_TRUE(done.noticed("Observation: code is required"));
}

TEST(Finish, WhatHoldsNothingOfTheMessageIsNotMade) {
  const auto done = run(oru("PID|1||P1\nNK1|1\nOBR|1\nSPM|1\n"));
  EXPECT_TRUE(done.all("Specimen").empty());
  EXPECT_TRUE(done.all("DiagnosticReport").empty());
  EXPECT_EQ(done.one("Patient").resource->find("contact"), nullptr);
}

TEST(Finish, ResourcesOfOneIdBecomeOne) {
  const auto done =
      run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F\nOBR|2||F1|A^a^L|||||||||||||||||||||F\nOBX|1|NM|V^"
              "v^L||2||||||F\n"));
  EXPECT_EQ(done.one("DiagnosticReport").resource->find("result")->size(), 2u);
  EXPECT_EQ(done.one("DiagnosticReport").resource->text_at("status"), "final");  // the second fills the gap
  EXPECT_EQ(done.one("DiagnosticReport").resource->find("identifier")->size(), 1u);
}

TEST(Finish, AnExtensionWithoutAValueGoes) {
  const auto done = run(adt("PID|1||P1||||199313400830\n"));
  EXPECT_THAT(done.json("Patient"), Not(HasSubstr("birth")));
  EXPECT_TRUE(done.noticed("'199313400830' is no date"));
}

TEST(Finish, APlaceholderStaysThoughEmpty) {
  const Folder folder(true);
  folder.replace("messages/ORU_R01.yaml", "Specimen[1]: {per: SPECIMEN,",
                 "Specimen[1]: {per: SPECIMEN, placeholder: true,");
  folder.replace("segments/SPM[Specimen].yaml", "{from: SPM-2.1, to: \"identifier[x].value\"}",
                 "{from: SPM-4, to: type, as: \"CWE[CodeableConcept]\"}");
  const auto done = run(*folder.mapping(), oru("PID|1||P1\nOBR|1||F1|A^a^L\nSPM|1|S1\n"));
  EXPECT_EQ(done.all("Specimen").size(), 1u);
}

TEST(Finish, MembersStandInTheOrderOfTheDefinitions) {
  const auto done = run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1|g|1-2|N|||F|||20260101\nNTE|1||note\n"));
  std::string order;
  for (const auto& member : done.one("Observation").resource->members()) order += std::string(member.name) + " ";
  EXPECT_EQ(order,
            "resourceType id status code subject effectiveDateTime valueQuantity interpretation note referenceRange ");
}

}  // namespace
}  // namespace yilian::mapping::test
