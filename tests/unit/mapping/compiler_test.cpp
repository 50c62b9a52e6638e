// What is wrong with a mapping is told when it is loaded: where, what, and what to do.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;

// The problems of the fixture with one more rule in the map of PID.
std::string with_rule(const std::string& rule) {
  const Folder folder(true);
  folder.replace("segments/PID[Patient].yaml", "tests:\n", "  - " + rule + "\ntests:\n");
  return folder.problems();
}

std::string with_row(const std::string& row) {
  const Folder folder(true);
  folder.replace("messages/ADT_A01.yaml", "rows:\n", "rows:\n  - " + row + "\n");
  return folder.problems();
}

TEST(Compiler, FieldsAndComponentsAreThoseOfHl7) {
  EXPECT_THAT(with_rule("{from: PID-3.40, to: active}"), HasSubstr("PID-3.40: CX has only"));
  EXPECT_THAT(with_rule("{from: PID-99, to: active}"), HasSubstr("PID has no field 99"));
  EXPECT_THAT(with_rule("{from: PIX-3, to: active}"), HasSubstr("HL7 v2 has no segment PIX"));
  EXPECT_THAT(with_rule("{from: PID-8.2, to: active, when: ZZZ-1}"),
              HasSubstr("declare it in the hospital's `segments`"));
  EXPECT_THAT(with_rule("{from: CX.1, to: active}"), HasSubstr("is for datatype maps"));
}

TEST(Compiler, PathsAreThoseOfFhir) {
  EXPECT_THAT(with_rule("{from: PID-8, to: gendr}"), HasSubstr("did you mean gender?"));
  EXPECT_THAT(with_rule("{from: PID-8, to: deceased}"), HasSubstr("name one, as in JSON: deceased"));
  EXPECT_THAT(with_rule("{from: PID-8, to: \"gender[x]\"}"), HasSubstr("is no list and takes no label"));
  EXPECT_THAT(with_rule("{from: PID-8, to: \"generalPractitioner(Patient)\"}"), HasSubstr("it takes "));
  EXPECT_THAT(with_rule("{from: PID-8, to: \"generalPractitioner(Practicioner)\"}"),
              HasSubstr("did you mean Practitioner?"));
  EXPECT_THAT(with_rule("{from: PID-8, to: \"gender(Patient)\"}"), HasSubstr("is no reference"));
  EXPECT_THAT(with_rule("{from: PID-8, to: \"name[x\"}"), HasSubstr("segments/PID[Patient].yaml:15"));
  EXPECT_THAT(with_rule("{from: PID-8, to: name.}"), HasSubstr("is no path of elements"));
  EXPECT_THAT(with_rule("{from: PID-8}"), HasSubstr("the rule has no `to`"));
}

TEST(Compiler, TargetsNeedMapsThatMakeThem) {
  EXPECT_THAT(with_rule("{from: PID-18, to: identifier}"), HasSubstr("use as: CX[Identifier]"));
  EXPECT_THAT(with_rule("{from: PID-4, to: identifier, as: \"XPN[HumanName]\"}"),
              HasSubstr("the target is a Identifier, but XPN[HumanName] makes a HumanName"));
  EXPECT_THAT(with_rule("{from: PID-4, to: identifier, as: \"CX[Identifer]\"}"),
              HasSubstr("did you mean CX[Identifier]?"));
  EXPECT_THAT(with_rule("{from: PID-4, to: identifier, as: \"PV1[Encounter]\"}"), HasSubstr("is a segment map"));
  EXPECT_THAT(with_rule("{from: PID-4, to: identifier, value: x}"),
              HasSubstr("a literal cannot be a whole Identifier"));
}

TEST(Compiler, LiteralsAndTablesFitTheBinding) {
  EXPECT_THAT(with_rule("{to: gender, value: femal}"), HasSubstr("did you mean female?"));
  EXPECT_THAT(with_rule("{to: birthDate, value: soon}"), HasSubstr("'soon' is no date"));
  EXPECT_THAT(with_rule("{to: active, value: perhaps}"), HasSubstr("is no boolean"));
  EXPECT_THAT(with_rule("{from: PID-8, to: gender, table: AdministrativSex}"),
              HasSubstr("did you mean AdministrativeSex?"));
  EXPECT_THAT(with_rule("{from: PID-8, to: gender, table: NameType}"), HasSubstr("table NameType has the code"));
  EXPECT_THAT(with_rule("{from: PID-8, to: gender, else: nobody}"), HasSubstr("is none of the codes"));
  EXPECT_THAT(with_rule("{from: PID-3, to: identifier, table: NameType}"), HasSubstr("a table gives a code"));
}

TEST(Compiler, ExpressionsAreUnderstood) {
  EXPECT_THAT(with_rule("{from: PID-7, to: active, when: PID-8 = F}"), HasSubstr("texts stand in quotes"));
  EXPECT_THAT(with_rule("{from: PID-7, to: active, when: lenght(PID-7) > 8}"), HasSubstr("did you mean length?"));
  EXPECT_THAT(with_rule("{from: PID-7, to: active, when: 'PID-7 matches \"(\"'}"),
              HasSubstr("is no regular expression"));
  EXPECT_THAT(with_rule("{from: PID-7, to: active, when: 'table(PID-8, \"Sex\") = \"x\"'}"),
              HasSubstr("no table is named 'Sex'"));
  EXPECT_THAT(with_rule("{to: active, value: \"{PID-8\"}"), HasSubstr("a '}' is missing"));
  EXPECT_THAT(with_rule("{from: PID-7, to: active, only: never}"), HasSubstr("`only` is first, last"));
  EXPECT_THAT(with_rule("{from: PID-7, to: active, via: sistem}"), HasSubstr("did you mean system?"));
}

TEST(Compiler, RowsFitTheStructure) {
  EXPECT_THAT(with_row("{from: PATIENTS.PID, to: \"Patient[1]\"}"),
              HasSubstr("the structure has no place 'PATIENTS.PID'"));
  EXPECT_THAT(with_row("{from: PYD, to: \"Patient[1]\"}"), HasSubstr("no segment 'PYD'"));
  EXPECT_THAT(with_row("{from: PID, to: \"Patient[2]\"}"), HasSubstr("did you mean Patient[1]?"));
  EXPECT_THAT(with_row("{from: PID, to: \"Patient[1]\", map: \"PV1[Encounter]\"}"),
              HasSubstr("is for PV1, but the row is from PID"));
  EXPECT_THAT(with_row("{from: PV1, to: \"Patient[1]\", map: \"PV1[Encounter]\"}"),
              HasSubstr("makes a Encounter, but the target is a Patient"));
  EXPECT_THAT(with_row("{from: PID, to: \"Patient[1]\", map: \"CX[Identifier]\"}"), HasSubstr("is a datatype map"));
  EXPECT_THAT(with_row("{from: PID, link: {\"Encounter[1].subject\": \"Encounter[1]\"}}"),
              HasSubstr("cannot refer to a Encounter"));
  EXPECT_THAT(with_row("{from: PID, link: {\"Encounter[1].status\": \"Patient[1]\"}}"), HasSubstr("is no reference"));
  EXPECT_THAT(with_row("{from: PID, to: \"Patient[1]\", clear: [deth]}"), HasSubstr("Patient has no element 'deth'"));
  EXPECT_THAT(with_row("{from: PID, map: \"PID[Patient]\"}"), HasSubstr("the row has no `to`"));
}

TEST(Compiler, GroupsAreThoseOfTheStructure) {
  const Folder folder(true);
  folder.replace("messages/ORU_R01.yaml", "{per: OBSERVATION,", "{per: OBSERVATIONS,");
  EXPECT_THAT(folder.problems(), HasSubstr("did you mean OBSERVATION?"));
}

TEST(Compiler, ASegmentOfSeveralPlacesMustBeNamed) {
  const Folder folder(true);
  folder.replace("messages/ORU_R01.yaml", "from: OBSERVATION.NTE", "from: NTE");
  EXPECT_THAT(folder.problems(), HasSubstr("NTE stands at several places of the structure"));
}

// REF_I12 has AUTHORIZATION_CONTACT at its top and in PROCEDURE: the whole path from the top means the outer one.
TEST(Compiler, OfTwoGroupsOfOneNameTheOuterOneIsNamedByItsWholePath) {
  const Folder folder(true);
  const std::string map = "message: REF_I12\ntypes: [REF^I12]\nresources:\n  Patient[1]: {per: message}\nrows:\n  - {from: PID, to: \"Patient[1]\", map: \"PID[Patient]\"}\n";
  folder.write("messages/REF_I12.yaml", map + "  - {from: AUTHORIZATION_CONTACT.AUT, to: \"Patient[1]\", set: {\"Patient[1].active\": true}}\n");
  EXPECT_EQ(folder.problems(), "");
  folder.write("messages/REF_I12.yaml", map + "  - {from: AUT, to: \"Patient[1]\", set: {\"Patient[1].active\": true}}\n");
  EXPECT_THAT(folder.problems(), HasSubstr("AUT stands at several places of the structure"));
}

TEST(Compiler, AMapMayNotApplyItself) {
  const Folder folder(true);
  folder.append("datatypes/CX[Identifier].yaml",
                "  - {from: CX.4, to: \"assigner(Organization)\", as: \"HD[Organization]\"}\n");
  folder.write("datatypes/HD[Organization].yaml",
               "datatype: HD\nrules:\n  - {from: ., to: identifier, as: \"CX[Identifier]\"}\n");
  EXPECT_THAT(folder.problems(), HasSubstr("applies itself"));
}

TEST(Compiler, OneTypeIsServedByOneMessageMap) {
  const Folder folder(true);
  folder.write("messages/ADT_A03.yaml", "message: ADT_A03\ntypes: [ADT^A08]\nresources: {}\nrows: []\n");
  EXPECT_THAT(folder.problems(), HasSubstr("ADT^A08 is served by ADT_A01 already"));
  folder.write("messages/ADT_A03.yaml", "message: ADT_A99X\nresources: {}\nrows: []\n");
  EXPECT_THAT(folder.problems(), HasSubstr("no message structure ADT_A99X"));
}

}  // namespace
}  // namespace yilian::mapping::test
