// Rules that refuse a message.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;

std::string refusal(const Mapping& mapping, const std::string& text) {
  auto message = hl7v2::Message::parse(text);
  const auto mapped = mapping.run(*message, context());
  return mapped ? "" : mapped.error().line();
}

constexpr const char* kRow = R"(
mapping:
  patches:
    ADT_A01:
      - {from: MSH, when: not PV1-19, refuse: the visit has no number}
)";
constexpr const char* kRule = R"(
mapping:
  patches:
    "PID[Patient]":
      - {id: strict, when: 'PID-8 not in ("M", "F")', refuse: the sex is not known}
    "CX[Identifier]":
      - {when: 'CX.4 = "B"', refuse: numbers of B are not taken}
)";

TEST(Refuse, ByARow) {
  const auto mapping = Folder(true).mapping(kRow);
  EXPECT_EQ(refusal(*mapping, adt("PID|1||P1^^^A^MR\nPV1|1|I|||||||||||||||||V1\n")), "");
  EXPECT_EQ(refusal(*mapping, adt("PID|1||P1^^^A^MR\nPV1|1|I\n")), "MSH: the visit has no number. the rule ADT_A01#p1 refuses it");
  EXPECT_THAT(refusal(*mapping, adt("PID|1||P1^^^A^MR\n")), HasSubstr("the visit has no number"));
}

// Also where what the rules make is kept: each such message is refused, and no other.
TEST(Refuse, ByARuleInAnyOrder) {
  const auto mapping = Folder(true).mapping(kRule);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(refusal(*mapping, adt("PID|1||P1^^^A^MR|||||F\n")), "");
    EXPECT_EQ(refusal(*mapping, adt("PID|1||P1^^^A^MR|||||U\n")), "PID: the sex is not known. the rule strict refuses it");
    EXPECT_EQ(refusal(*mapping, adt("PID|1||P1^^^B^MR|||||F\n")), "PID: numbers of B are not taken. the rule CX[Identifier]#p1 refuses it");
    EXPECT_THAT(refusal(*mapping, adt("PID|1||P1^^^B^MR|||||U\n")), HasSubstr("numbers of B"));
  }
}

// What two patients' segments say is never put into one.
TEST(Refuse, ASecondPatientWhereTheStructureHasOne) {
  const auto mapping = Folder(true).mapping();
  const std::string first = "PID|1||P1^^^A^MR||Doe^Jane\nPV1|1|I|||||||||||||||||V1\n";
  EXPECT_THAT(refusal(*mapping, adt(first + "PID|2||P2^^^A^MR||Roe^Max\n")), HasSubstr("PID: the message tells of a second Patient"));
  EXPECT_THAT(refusal(*mapping, adt(first + "PID|2||P1^^^B^MR||Doe^Jane\n")), HasSubstr("second Patient"));
  EXPECT_THAT(refusal(*mapping, adt(first + "PID|2||||Doe^Jane\n")), HasSubstr("second Patient"));
  EXPECT_THAT(refusal(*mapping, adt("PID|1||||Doe^Jane\nPID|2||||Roe^Max\n")), HasSubstr("second Patient"));
  EXPECT_EQ(refusal(*mapping, adt(first + "PID|2||P1^^^A^MR||Doe^Jane\n")), "");
  EXPECT_EQ(refusal(*mapping, oru("PID|1||P1^^^A^MR\nOBR|1|O1|F1|X\nPID|2||P2^^^A^MR\nOBR|2|O2|F2|X\n")), "");
}

// OML_O21 has a PID in its prior results: with another number it would be the next patient of a sender that puts several into one message.
TEST(Refuse, ASecondPatientAtAnotherPlaceOfTheStructure) {
  const Folder folder(true);
  folder.write("messages/OML_O21.yaml",
               "message: OML_O21\ntypes: [OML^O21]\nneeds: [\"Patient[1]\"]\nresources:\n  Patient[1]: {per: message}\nrows:\n  - {from: PATIENT.PID, to: \"Patient[1]\", map: \"PID[Patient]\"}\n");
  const auto mapping = folder.mapping();
  const auto oml = [&](const std::string& number) {
    return refusal(*mapping, "MSH|^~\\&|A|B|||20260101||OML^O21^OML_O21|1|P|2.5.1\rPID|1||P1^^^A^MR\rORC|NW|O1\rOBR|1|O1||X\rPID|2||" + number + "^^^A^MR\rORC|NW|O2\rOBR|1|O2||X\r");
  };
  EXPECT_EQ(oml("P1"), "");
  EXPECT_THAT(oml("P2"), HasSubstr("second Patient"));
}

TEST(Refuse, StandsAlone) {
  const auto problems = [](const std::string& yaml) {
    const auto mapping = Library::load(maps_folder())->compile((*config::read_text(yaml, "hospital.yaml"))["mapping"]);
    return mapping ? "" : mapping.error().front().line();
  };
  EXPECT_THAT(problems("mapping: {patches: {\"PID[Patient]\": [{refuse: no, to: gender}]}}"), HasSubstr("`to` has no use where `refuse` stands"));
  EXPECT_THAT(problems("mapping: {patches: {ADT_A01: [{from: PID, refuse: no, to: \"Patient[1]\"}]}}"), HasSubstr("`to` has no use"));
  EXPECT_THAT(problems("mapping: {patches: {\"PID[Patient]\": [{refuse: \"\", when: PID-8}]}}"), HasSubstr("says why"));
}

TEST(Refuse, InlineTestsExpectIt) {
  const Folder folder(true);
  folder.append("segments/PID[Patient].yaml", R"(  - name: refused
    hospital: {patches: {"PID[Patient]": [{refuse: no number, when: not PID-3}]}}
    given: |
      PID|1||||Doe^Jane
    refused: "no num*"
)");
  const auto library = Library::load(folder.path());
  ASSERT_TRUE(library);
  for (const Issue& issue : library->run_tests()) ADD_FAILURE() << issue.line();
}

}  // namespace
}  // namespace yilian::mapping::test
