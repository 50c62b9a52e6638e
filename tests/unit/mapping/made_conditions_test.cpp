// `only-if` and `refuse` of declared resources: FHIRPath on what has been made.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPerson = "PID|1||P1^^^A^MR||Doe^Jane|||F\nOBR|1|O1|F1|CBC^Blood count^L\n";

std::string hospital(const std::string& patches) { return "mapping:\n  patches:\n    ORU_R01:\n" + patches; }

// A hospital's file with one patch of the results.
std::string results(const std::string& what) { return hospital("      - {resource: \"Observation[2]\", " + what + "}\n"); }

std::string problems(const std::string& yaml) {
  const auto mapping = Library::load(maps_folder())->compile((*config::read_text(yaml, "hospital.yaml"))["mapping"]);
  std::string all;
  if (!mapping) {
    for (const Issue& issue : mapping.error()) all += issue.line() + "\n";
  }
  return all;
}

std::string refusal(const Mapping& mapping, const std::string& text) {
  auto message = hl7v2::Message::parse(text);
  const auto mapped = mapping.run(*message, context());
  return mapped ? "" : mapped.error().line();
}

TEST(MadeConditions, AResourceThatIsNotWantedIsLeftOutWithReferencesToIt) {
  const auto mapping = Folder(true).mapping(results("only-if: 'value.exists() or dataAbsentReason.exists()'"));
  const std::string text = oru(kPerson + "OBX|1|NM|WBC^White cells^L||6.5|10*9/L|||||F\nOBX|2|NM|RBC^Red cells^L||||||||F\n");
  const auto done = run(*mapping, text);
  EXPECT_EQ(done.all("Observation").size(), 1u);
  EXPECT_THAT(done.json("DiagnosticReport"), HasSubstr("result"));
  EXPECT_EQ(references(*done.one("DiagnosticReport").resource).size(), 2u);  // the patient, and one result
  expect_no_dangling(done.mapped);
  EXPECT_TRUE(done.noticed("'value.exists() or dataAbsentReason.exists()' does not hold: left out"));
  const auto rule = std::find_if(done.mapped.notices.begin(), done.mapped.notices.end(), [](const Notice& n) { return n.what.ends_with("left out"); });
  ASSERT_NE(rule, done.mapped.notices.end());
  EXPECT_EQ(rule->rule, "ORU_R01:Observation[2]#only-if");
  EXPECT_EQ(rule->where, "Observation");
  EXPECT_EQ(run(text).all("Observation").size(), 2u);  // the shared rules have no such condition
}

// Traced and not: the same resources; what only a resource held that was left out came from nowhere, and is unused.
TEST(MadeConditions, AreTheSameWhenTraced) {
  const auto mapping = Folder(true).mapping(results("only-if: value.exists()"));
  const std::string text = oru(kPerson + "OBX|1|NM|WBC^White cells^L||6.5|10*9/L|||||F\nOBX|2|NM|RBC^Red cells^L||||||||F\nOBX|3|NM|HGB^Hb^L||7|g/L|||||F\n");
  Context traced = context();
  traced.trace = true;
  const auto plain = run(*mapping, text), told = run(*mapping, text, traced);
  ASSERT_EQ(plain.mapped.resources.size(), told.mapped.resources.size());
  EXPECT_EQ(transaction_bundle(plain.mapped), transaction_bundle(told.mapped));
  std::map<std::pair<std::uint32_t, std::string>, int> seen;
  for (const Origin& origin : told.mapped.origins) {
    ASSERT_LT(origin.resource, told.mapped.resources.size());
    EXPECT_EQ(++seen[std::pair(origin.resource, origin.element + origin.rule + origin.field)], 1) << origin.element << " is told twice";
  }
  EXPECT_TRUE(std::none_of(told.mapped.origins.begin(), told.mapped.origins.end(), [](const Origin& o) { return o.segment == 4; }));
}

TEST(MadeConditions, LinksAndDefaultsAreThereAndOtherResourcesToo) {
  const auto by_patient = Folder(true).mapping(results("only-if: \"subject.resolve().gender = 'female' and status.exists()\""));
  EXPECT_EQ(run(*by_patient, oru(kPerson + "OBX|1|NM|WBC^White cells^L||6.5\n")).all("Observation").size(), 1u);
  const std::string man = "PID|1||P1^^^A^MR||Doe^Max|||M\nOBR|1|O1|F1|CBC^Blood count^L\n";
  EXPECT_EQ(run(*by_patient, oru(man + "OBX|1|NM|WBC^White cells^L||6.5||||||F\n")).all("Observation").size(), 0u);
  // The report's status comes from `defaults`.
  const auto by_default = Folder(true).mapping(hospital("      - {resource: \"DiagnosticReport[1]\", only-if: \"status = 'unknown' and result.count() = 1\"}\n"));
  EXPECT_EQ(run(*by_default, oru(kPerson + "OBX|1|NM|WBC^White cells^L||6.5||||||F\n")).all("DiagnosticReport").size(), 1u);
}

// A report whose results are all left out has none, and goes too.
TEST(MadeConditions, WhatGoesMayTakeOthersWithIt) {
  const std::string patches = "      - {resource: \"Observation[2]\", only-if: value.exists()}\n      - {resource: \"DiagnosticReport[1]\", only-if: result.exists()}\n";
  const auto mapping = Folder(true).mapping(hospital(patches));
  const auto done = run(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L||||||||F\n"));
  EXPECT_TRUE(done.all("Observation").empty());
  EXPECT_TRUE(done.all("DiagnosticReport").empty());
  EXPECT_EQ(done.all("Patient").size(), 1u);
  EXPECT_EQ(run(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L||1||||||F\n")).all("DiagnosticReport").size(), 1u);
}

TEST(MadeConditions, WhatTheMessageNeedsIsRefusedWithoutIt) {
  const auto mapping = Folder(true).mapping(hospital("      - {resource: \"Patient[1]\", only-if: birthDate.exists()}\n"));
  EXPECT_THAT(refusal(*mapping, oru(kPerson + "OBX|1|NM|WBC^W^L||6.5\n")), HasSubstr("the message tells of no Patient"));
}

TEST(MadeConditions, AMessageIsRefused) {
  const auto mapping = Folder(true).mapping(
      results("refuse: [{unless: code.coding.exists(), why: a result without a code}, {if: \"status = 'final' and value.empty()\", why: a final result without a value}]"));
  EXPECT_EQ(refusal(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L||6.5||||||F\n")), "");
  EXPECT_EQ(refusal(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L||||||||P\n")), "");
  EXPECT_EQ(refusal(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L||||||||F\n")),
            "OBX: a final result without a value. the rule ORU_R01:Observation[2]#refuse.2 refuses it");
  auto message = hl7v2::Message::parse(oru(kPerson + "OBX|1|NM|WBC^White cells^L||||||||F\n"));
  EXPECT_EQ(mapping->run(*message, context()).error().code, Code::bad_value);
  EXPECT_FALSE(facts(Code::bad_value).reject);  // AE
}

// A resource that is left out does not refuse the message; one map or several are written alike.
TEST(MadeConditions, OnlyWhatIsWrittenRefuses) {
  const auto mapping = Folder(true).mapping(results("only-if: value.exists(), refuse: {unless: value.exists(), why: no value}"));
  EXPECT_EQ(refusal(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L\n")), "");
}

TEST(MadeConditions, WhatCannotBeAskedKeepsTheResourceAndIsTold) {
  const auto mapping = Folder(true).mapping(hospital("      - {resource: \"DiagnosticReport[1]\", only-if: \"(result.reference & 'x') = 'y'\", refuse: {if: \"(result.reference & 'x') = 'y'\", why: never}}\n"));
  const auto done = run(*mapping, oru(kPerson + "OBX|1|NM|WBC^White cells^L||1\nOBX|2|NM|RBC^Red cells^L||1\n"));
  EXPECT_EQ(done.all("DiagnosticReport").size(), 1u);
  EXPECT_TRUE(done.noticed("cannot be asked"));
}

TEST(MadeConditions, NowIsTheTimeOfTheEvent) {
  const auto mapping = Folder(true).mapping(hospital("      - {resource: \"Patient[1]\", refuse: {if: birthDate > today(), why: born after the event}}\n"));
  const auto born = [&](const std::string& day) { return refusal(*mapping, oru("PID|1||P1^^^A^MR||Doe^Jane||" + day + "\nOBR|1|O1|F1|CBC^Blood count^L\n")); };
  EXPECT_EQ(born("19800101"), "");
  EXPECT_THAT(born("20991231"), HasSubstr("born after the event"));
}

TEST(MadeConditions, AreCheckedWhenTheyAreLoaded) {
  EXPECT_EQ(problems(results("only-if: valu.exists()")), "hospital.yaml:4: the FHIRPath on Observation: There is no element 'valu' in Observation. Did you mean value?\n");
  EXPECT_THAT(problems(results("only-if: code")), HasSubstr("It gives a CodeableConcept, and a condition is true or false"));
  EXPECT_THAT(problems(results("only-if: value.exists() and value.empty()")), HasSubstr("It can never hold"));
  EXPECT_THAT(problems(results("refuse: {if: \"status = 'done'\", why: x}")), HasSubstr("It can never hold"));
  EXPECT_THAT(problems(results("refuse: no value")), HasSubstr("write {if: FHIRPath, why: words}"));
  EXPECT_THAT(problems(results("refuse: {why: x}")), HasSubstr("either `if` or `unless`"));
  EXPECT_THAT(problems(results("refuse: {if: value.empty(), unless: value.exists(), why: x}")), HasSubstr("either `if` or `unless`"));
  EXPECT_THAT(problems(results("refuse: {if: value.empty()}")), HasSubstr("says why"));
  EXPECT_THAT(problems(results("refuse: {when: value.empty(), why: x}")), HasSubstr("unknown setting 'when'"));
  EXPECT_THAT(problems(results("onlyif: value.empty()")), HasSubstr("did you mean 'only-if'?"));
  EXPECT_EQ(problems(hospital("      - {resource: \"Observation[3]\", only-if: value.exists()}\n")), "hospital.yaml:4: ORU_R01 declares no resource Observation[3]. did you mean Observation[2]?\n");
  EXPECT_EQ(problems(results("only-if: value.exists()")), "");
}

// Of a map's own, and a hospital's in its place.
TEST(MadeConditions, StandInAMapAndAreReplacedByAPatch) {
  const Folder folder(true);
  folder.replace("messages/ORU_R01.yaml", "Observation[2]: {per: OBSERVATION,", "Observation[2]: {per: OBSERVATION, only-if: value.exists(),");
  const std::string text = oru(kPerson + "OBX|1|NM|WBC^White cells^L||||||||F\n");
  EXPECT_TRUE(run(*folder.mapping(), text).all("Observation").empty());
  EXPECT_EQ(run(*folder.mapping(results("only-if: code.exists()")), text).all("Observation").size(), 1u);
  folder.replace("messages/ORU_R01.yaml", "only-if: value.exists()", "only-if: values.exists()");
  EXPECT_THAT(folder.problems(), HasSubstr("messages/ORU_R01.yaml:10: the FHIRPath on Observation: There is no element 'values'"));
}

}  // namespace
}  // namespace yilian::mapping::test
