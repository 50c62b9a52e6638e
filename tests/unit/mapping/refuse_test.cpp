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
