// Rows, rules and conversions on small messages.

#include <gmock/gmock.h>

#include "engine/text/encoding.h"
#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Run, AWholePatient) {
  const auto done =
      run(adt("PID|1||P1^^^A&1.2.3.4&ISO^MR~P2^^^^PI||Zhang^San^Si^^^^L||199311200830|F|||||13800001111~13900001111^"
              "PRN|||M||||||||||||||N\n"));
  EXPECT_EQ(
      done.json("Patient"),
      std::string(R"({"resourceType":"Patient","id":")") + std::string(done.one("Patient").id) +
          R"(","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:oid:1.2.3.4","value":"P1"},)"
          R"({"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"PI"}]},"value":"P2"}],)"
          R"("name":[{"use":"official","family":"Zhang","given":["San","Si"]}],)"
          R"("telecom":[{"system":"phone","value":"13800001111","use":"home"},{"system":"phone","value":"13900001111"}],)"
          R"("gender":"female","birthDate":"1993-11-20","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime",)"
          R"("valueDateTime":"1993-11-20T08:30:00+08:00"}]},"deceasedBoolean":false,)"
          R"("maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}]}})");
}

TEST(Run, NoticesTellWholeCharacters) {
  std::string code = "x";
  for (int i = 0; i < 40; ++i) code += "男";
  const Done done = run(adt("PID|1||P1^^^A^MR||Doe^Jane||" + code + "|" + code + "\n"));
  ASSERT_FALSE(done.mapped.notices.empty());
  for (const Notice& notice : done.mapped.notices) EXPECT_TRUE(text::valid_utf8(notice.what)) << notice.what;
  EXPECT_TRUE(done.noticed("男…'"));
}

TEST(Run, IdsComeFromHospitalAndKey) {
  const std::string pid = "PID|1||X^^^A^PI~P1^^^A^MR||Doe^Jane\n";
  const auto first = run(adt(pid)), again = run(adt(pid, "A08"));
  EXPECT_EQ(first.one("Patient").id, again.one("Patient").id);
  EXPECT_EQ(first.one("Patient").id, Uuid::named(context().space, "Patient|patient|P1|urn:yilian:xinghe:A").text());
  Context other = context();
  other.space = Uuid::named(root_space(), "other");
  EXPECT_NE(run(*shared_mapping(), adt(pid), other).one("Patient").id, first.one("Patient").id);
}

TEST(Run, ABarInAKeyPartIsNoSeparator) {
  const auto one = run(oru("PID|1||P1\nOBR|1||A\\F\\B|C^D^L\nOBX|1|ST|X^x^L||v||||||F\n"));
  EXPECT_EQ(one.one("DiagnosticReport").id, Uuid::named(context().space, "DiagnosticReport|report|A\\|B").text());
}

TEST(Run, WithoutAKeyTheMessageItselfNamesTheResource) {
  const std::string text = adt("PID|1||||Doe^Jane\nPV1|1|I\n");
  const auto first = run(text), again = run(text);
  EXPECT_EQ(first.one("Patient").id, again.one("Patient").id);
  EXPECT_NE(first.one("Patient").id, run(adt("PID|1||||Doe^Jane\n", "A08")).one("Patient").id.substr(1));
}

TEST(Run, GroupsDecideWhatBelongsTogether) {
  const auto done =
      run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nSPM|1|S1\nOBR|2||F2|B^b^L\nOBX|1|NM|W^w^L||1|||||F\nNTE|1||of "
              "two\nOBX|2|NM|V^v^L||2||||||F\nSPM|1|S2\n"));
  ASSERT_EQ(done.all("DiagnosticReport").size(), 2u);
  EXPECT_EQ(references(*done.all("DiagnosticReport")[0]->resource).size(),
            2u);  // the patient and its specimen, no result
  EXPECT_EQ(references(*done.all("DiagnosticReport")[1]->resource).size(), 4u);
  const auto observations = done.all("Observation");
  ASSERT_EQ(observations.size(), 2u);
  EXPECT_EQ(observations[0]->resource->find("note")->items()[0].text_at("text"), "of two");
  EXPECT_EQ(observations[1]->resource->find("note"), nullptr);
  const std::string specimen = "Specimen/" + Uuid::named(context().space, "Specimen|specimen|S2").text();
  EXPECT_EQ(observations[0]->resource->find("specimen")->text_at("reference"), specimen);
}

TEST(Run, TwoPatientsOfOneMessageStayApart) {
  const auto done = run(oru(
      "PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F\nPID|2||P2\nOBR|1||F2|A^a^L\nOBX|1|NM|W^w^L||2||||||F\n"));
  ASSERT_EQ(done.all("Patient").size(), 2u);
  const auto observations = done.all("Observation");
  ASSERT_EQ(observations.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(observations[i]->resource->find("subject")->text_at("reference"),
              "Patient/" + std::string(done.all("Patient")[i]->id));
  }
}

// A second visit where the structure has one is told and left out; what it says is not the first one's.
TEST(Run, ASecondVisitIsNotMixedWithTheFirst) {
  const Folder folder(true);
  folder.replace("segments/PV1[Encounter].yaml", "defaults: {", "key: [[\"visit\", PV1-19.1]]\ndefaults: {");
  const auto mapping = folder.mapping();
  const std::string first = "PID|1||P1^^^A^MR\nPV1|1|I|||||||||||||||||V1\n";
  const Done done = run(*mapping, adt(first + "PV1|2|O|||||||||||||||||V2|||||||||||||||||||||||||20260102\n"));
  EXPECT_EQ(done.json("Encounter").find("V2"), std::string::npos);
  EXPECT_EQ(done.json("Encounter").find("period"), std::string::npos);
  EXPECT_TRUE(done.noticed("tells of another Encounter"));
  const Done again = run(*mapping, adt(first + "PV1|1||||||||||||||||||V1|||||||||||||||||||||||||20260102\n"));
  EXPECT_NE(again.json("Encounter").find("2026-01-02"), std::string::npos);
}

TEST(Run, NothingPointsToItself) {
  const Folder folder(true);
  folder.replace("messages/ADT_A01.yaml", "  Encounter[1]:", "  Patient[2]: {per: message}\n  Encounter[1]:");
  folder.replace("messages/ADT_A01.yaml", "  - {ig: 9,",
                 "  - {from: PID, to: \"Patient[2]\", map: \"PID[Patient]\", link: {\"Patient[2].link.other\": \"Patient[1]\"}, set: {\"Patient[2].link.type\": seealso}}\n  - {ig: 9,");
  const Done done = run(*folder.mapping(), adt("PID|1||P1^^^A^MR\n"));
  EXPECT_EQ(done.json("Patient").find("link"), std::string::npos);
}

TEST(Run, AResultWithoutItsOrderIsNotLost) {
  const auto done = run(oru("PID|1||P1\nOBX|1|NM|W^w^L||1||||||F\nOBX|2|NM|V^v^L||2||||||F\n"));
  ASSERT_EQ(done.all("Observation").size(), 2u);
  EXPECT_EQ(done.all("Observation")[1]->resource->find("subject")->text_at("reference"),
            "Patient/" + std::string(done.one("Patient").id));
}

TEST(Run, ASegmentWithAPlaceOfItsOwnGoesNowhereElse) {
  // The note of the order is none of the result's.
  const auto done =
      run(oru("PID|1||P1\nNTE|1||of the patient\nOBR|1||F1|A^a^L\nNTE|1||of the order\nOBX|1|NM|W^w^L||1||||||F\n"));
  EXPECT_EQ(done.one("Observation").resource->find("note"), nullptr);
}

TEST(Run, ChoicesFollowTheirType) {
  const auto done =
      run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||<5||||||F\nOBX|2|TX|X^x^L||a & "
              "b^c~second||||||F\nOBX|3|CE|Y^y^L||A^Type A^L||||||F\nOBX|4|DT|Z^z^L||20260102||||||F\n"));
  const auto all = done.all("Observation");
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0]->resource->find("valueQuantity"), nullptr);
  EXPECT_TRUE(done.noticed("OBX-5: '<5' is no decimal"));
  EXPECT_EQ(all[1]->resource->text_at("valueString"), "a & b^c\nsecond");
  EXPECT_EQ(all[2]->resource->find("valueCodeableConcept")->find("coding")->items()[0].text_at("code"), "A");
  EXPECT_EQ(all[3]->resource->text_at("valueDateTime"), "2026-01-02");
}

TEST(Run, NumbersKeepTheirDigits) {
  const auto done = run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.50|mmol/L|3.9-6.1|||||F\n"));
  EXPECT_THAT(done.json("Observation"), HasSubstr(R"("valueQuantity":{"value":6.50,"unit":"mmol/L"})"));
  EXPECT_THAT(done.json("Observation"),
              HasSubstr(R"("referenceRange":[{"low":{"value":3.9},"high":{"value":6.1},"text":"3.9-6.1"}])"));
}

TEST(Run, TablesTranslateAndKeepTheOriginal) {
  const auto done = run(adt("PID|1||P1|||||||||||||已婚^Married^L\nPV1|1|i||||||||||||||||||||||V1\n"));
  EXPECT_THAT(
      done.json("Patient"),
      HasSubstr(
          R"("maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"},)"
          R"({"system":"urn:yilian:xinghe:L","code":"已婚","display":"Married"}]})"));
  const auto unknown = run(adt("PID|1||P1|||||男\n"));
  EXPECT_EQ(unknown.one("Patient").resource->find("gender"), nullptr);
  EXPECT_TRUE(unknown.noticed("PID-8: '男' is not in table AdministrativeSex"));
}

TEST(Run, CodesAreFoundWithoutCase) {
  const auto done = run(adt("PID|1||P1|||||f\n"));
  EXPECT_EQ(done.one("Patient").resource->text_at("gender"), "female");
}

TEST(Run, PractitionersAreMadeOnceAndNamedWhereTheyHaveNoId) {
  const auto done = run(adt("PID|1||P1\nPV1|1|I|||||D1^Wang^Yi~^Zhao^Er|D1^Wang^Yi|||||||||||V1\n"));
  EXPECT_EQ(done.all("Practitioner").size(), 1u);
  const std::string reference = "Practitioner/" + std::string(done.one("Practitioner").id);
  EXPECT_THAT(done.json("Encounter"),
              HasSubstr(R"("individual":{"reference":")" + reference + R"(","display":"Yi Wang"})"));
  EXPECT_THAT(done.json("Encounter"), HasSubstr(R"("individual":{"display":"Er Zhao"})"));
  EXPECT_EQ(done.one("Practitioner").rank, Rank::mention);
}

TEST(Run, TheSameTestTwiceIsTwoResultsAndSetIdsMayShift) {
  const std::string head = "PID|1||P1\nOBR|1||F1|A^a^L\n";
  const auto both = run(oru(head + "OBX|1|NM|N^n^L||1||||||F\nOBX|2|NM|K^k^L||2||||||F\nOBX|3|NM|K^k^L||3||||||F\n"));
  ASSERT_EQ(both.all("Observation").size(), 3u);
  const auto again = run(oru(head + "OBX|1|NM|N^n^L||1||||||F\nOBX|2|NM|K^k^L||2||||||F\nOBX|3|NM|K^k^L||3||||||F\n"));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(both.all("Observation")[i]->id, again.all("Observation")[i]->id);
  EXPECT_NE(both.all("Observation")[1]->id, both.all("Observation")[2]->id);
  // The corrected potassium comes alone, as number 1 of its message: it is the same result.
  const auto correction = run(oru(head + "OBX|1|NM|K^k^L||2.5||||||C\n"));
  EXPECT_EQ(correction.one("Observation").id, both.all("Observation")[1]->id);
}

TEST(Run, AChainOfResourcesOfTheirOwn) {
  const auto done =
      run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F|||||D2^钱^检验\nOBX|2|NM|V^v^L||1||||||F|||||D2^钱^"
              "检验\n"));
  EXPECT_EQ(done.all("Practitioner").size(), 1u);
  ASSERT_EQ(done.all("PractitionerRole").size(), 1u);  // equal contents are one resource
  EXPECT_EQ(references(*done.one("PractitionerRole").resource),
            (std::vector<std::string>{"Practitioner/" + std::string(done.one("Practitioner").id)}));
  const auto nameless = run(oru("PID|1||P1\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F|||||^钱^检验\n"));
  EXPECT_TRUE(nameless.all("Practitioner").empty());
  EXPECT_THAT(nameless.json("PractitionerRole"), HasSubstr(R"("practitioner":{"display":"钱检验"})"));
}

TEST(Run, ARowsTargetLinkAndSetShareTheirLabels) {
  const Folder folder(true);
  folder.replace("messages/ADT_A01.yaml",
                 "  RelatedPerson[1]:", "  Condition[1]: {per: DG1, key: [[\"dg1\", DG1-3.1]]}\n  RelatedPerson[1]:");
  folder.append(
      "messages/ADT_A01.yaml",
      R"(  - {from: DG1, to: "Condition[1]", map: "DG1[Condition]", link: {"Condition[1].subject": "Patient[1]"}}
  - {from: DG1, to: "Encounter[1].diagnosis[dx]", map: "DG1[Encounter]", link: {"Encounter[1].diagnosis[dx].condition": "Condition[1]"}, set: {"Encounter[1].diagnosis[dx].use.text": seen}}
)");
  folder.write("segments/DG1[Condition].yaml",
               "segment: DG1\nrules:\n  - {from: DG1-3, to: code, as: \"CWE[CodeableConcept]\"}\n");
  folder.write("segments/DG1[Encounter].yaml",
               "segment: DG1\ntarget: Encounter.diagnosis\nrules:\n  - {from: DG1-15, to: rank}\n");
  const auto done =
      run(*folder.mapping(),
          adt("PID|1||P1\nPV1|1|I|||||||||||||||||V1\nDG1|1||A^a^L||||||||||||2\nDG1|2||B^b^L||||||||||||1\n"));
  const auto conditions = done.all("Condition");
  ASSERT_EQ(conditions.size(), 2u);
  const auto* diagnosis = done.one("Encounter").resource->find("diagnosis");
  ASSERT_EQ(diagnosis->size(), 2u);
  EXPECT_EQ(fhir::write_json(diagnosis->items()[1]), R"({"condition":{"reference":"Condition/)" +
                                                         std::string(conditions[1]->id) +
                                                         R"("},"use":{"text":"seen"},"rank":1})");
}

TEST(Run, ACommonLabelIsOneItemForAllMaps) {
  const auto encounter = [](const std::string& label) {
    const Folder folder(true);
    folder.append("segments/PV1[Encounter].yaml",
                  "  - {from: PV1-3.1, to: \"location[" + label + "].location.display\"}\n");
    folder.write("segments/PV2[Encounter].yaml", "segment: PV2\nrules:\n  - {from: PV2-2, to: \"location[" + label +
                                                     "].physicalType\", as: \"CWE[CodeableConcept]\"}\n");
    folder.append("messages/ADT_A01.yaml", "  - {from: PV2, to: \"Encounter[1]\", map: \"PV2[Encounter]\"}\n");
    return run(*folder.mapping(), adt("PID|1||P1\nPV1|1|I|W1||||||||||||||||V1\nPV2||R^room^L\n"));
  };
  EXPECT_EQ(encounter("=ward").one("Encounter").resource->find("location")->size(), 1u);
  EXPECT_TRUE(encounter("ward").noticed(
      "Encounter.location: location is required"));  // two items, one of them without a location
}

TEST(Run, RepetitionsThatHaveNoPlaceAreTold) {
  const auto done = run(adt(
      "PID|1||P1\nNK1|1|A^B~C^D|SPO|||12~34\nPV1|1|I||||||||||||||||||||||||||||||||||||||||||20260101~20260102\n"));
  EXPECT_EQ(done.one("RelatedPerson").resource->find("name")->size(), 2u);
  const auto contact = run(oru("PID|1||P1\nNK1|1|A^B~C^D|SPO||12~34\nOBR|1||F1|A^a^L\n"));
  EXPECT_TRUE(contact.noticed("NK1-2(2): the target takes one value"));
  EXPECT_EQ(contact.one("Patient").resource->find("contact")->items()[0].find("telecom")->size(), 2u);
}

TEST(Run, EverySegmentHasItsOwnItem) {
  const auto done = run(oru("PID|1||P1\nNK1|1|A^B\nNK1|2|C^D\nOBR|1||F1|A^a^L\n"));
  const auto* contact = done.one("Patient").resource->find("contact");
  ASSERT_EQ(contact->size(), 2u);
  EXPECT_EQ(contact->items()[1].find("name")->text_at("family"), "C");
}

TEST(Run, TwoQuotesDeleteAndAbsenceDoesNot) {
  const auto done = run(adt("PID|1||P1||Doe^Jane||\"\"|\"\"\nPV1|1|I||||||||||||||||V1\n", "A13"));
  EXPECT_EQ(done.one("Patient").cleared, (std::vector<std::string>{"birthDate", "gender"}));
  EXPECT_THAT(done.json("Patient"), Not(HasSubstr("gender")));
  EXPECT_TRUE(run(adt("PID|1||P1||Doe^Jane\n")).one("Patient").cleared.empty());
}

TEST(Run, ARowMayClearAndSet) {
  const std::string visit = "PID|1||P1\nPV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||20260101";
  const auto done = run(adt(visit + "\n", "A13"));
  EXPECT_EQ(done.one("Encounter").cleared, (std::vector<std::string>{"period.end"}));
  EXPECT_EQ(done.one("Encounter").resource->text_at("status"), "in-progress");
  EXPECT_TRUE(run(adt(visit + "|20260103\n", "A13")).one("Encounter").cleared.empty());  // the message's own value wins
}

TEST(Run, EventTimeAndRank) {
  const auto done = run(adt("EVN|A01|20260101120000||||20260101100000\nPID|1||P1\n"));
  EXPECT_EQ(done.mapped.event_time, *parse_instant("2026-01-01T10:00:00+08:00"));
  EXPECT_EQ(done.one("Patient").rank, Rank::owner);
  const auto result =
      run(oru("PID|1||P1\nOBR|1||F1|A^a^L|||||||||||||||||||20260102070000\nOBX|1|NM|W^w^L||1||||||F\n"));
  EXPECT_EQ(result.mapped.event_time, *parse_instant("2026-01-02T08:00:00+08:00"));
  EXPECT_EQ(result.one("Patient").rank, Rank::mention);
  EXPECT_EQ(result.one("Observation").rank, Rank::said);
  Context feed = context();
  feed.owns = {"*"};
  EXPECT_EQ(run(*shared_mapping(), oru("PID|1||P1\nOBR|1||F1|A^a^L\n"), feed).one("Patient").rank, Rank::owner);
  feed.owns.clear();
  feed.mentions = {"Patient"};
  EXPECT_EQ(run(*shared_mapping(), adt("PID|1||P1\n"), feed).one("Patient").rank, Rank::mention);
}

TEST(Run, WhatNoMapServesIsRefused) {
  const auto refused = [](const std::string& type) {
    auto message = hl7v2::Message::parse("MSH|^~\\&|A|B|||20260101||" + type + "|1|P|2.5.1\nPID|1||P1\n");
    EXPECT_TRUE(message);
    const auto mapped = shared_mapping()->run(*message, context());
    return mapped ? Code::internal : mapped.error().code;
  };
  EXPECT_EQ(refused("ADT^A60"), Code::unsupported_event);
  EXPECT_EQ(refused("RDE^O11"), Code::unsupported_message_type);
  EXPECT_EQ(refused("ADT^A01"), Code::internal);
}

TEST(Run, AMessageWithoutItsPatientIsRefused) {
  auto message = hl7v2::Message::parse(oru("OBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F\n"));
  ASSERT_TRUE(message);
  const auto mapped = shared_mapping()->run(*message, context());
  ASSERT_FALSE(mapped);
  EXPECT_EQ(mapped.error().code, Code::required_missing);
  EXPECT_EQ(mapped.error().where, "PID");
}

}  // namespace
}  // namespace yilian::mapping::test
