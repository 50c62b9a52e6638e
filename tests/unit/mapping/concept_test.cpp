// A CodeableConcept that is no list is one concept: the first that writes it wins, whole.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string patient(const Mapping& mapping, const std::string& pid) { return run(mapping, adt(pid)).json("Patient"); }

TEST(Concept, ASecondRuleAddsNoCodings) {
  const auto mapping = Folder(true).mapping(R"(
mapping:
  patches:
    "PID[Patient]":
      - {from: PID-17, to: maritalStatus, as: "CWE[CodeableConcept]"}
      - {from: PID-15, to: maritalStatus, as: "CWE[CodeableConcept]", table: MaritalStatus}
)");
  for (int i = 0; i < 4; ++i) {  // whether it is made or copied
    // PID-15, 16, 17; the rule of PID-16 is the first, that of PID-17 the second.
    const std::string all = patient(*mapping, "PID|1||P1^^^A^MR||||||||||||S^Sx^L|M^Mx^L|B^Bx^L\n");
    EXPECT_THAT(all, HasSubstr("Married"));
    EXPECT_THAT(all, Not(HasSubstr("Sx")));
    EXPECT_THAT(all, Not(HasSubstr("Bx")));
    const std::string two = patient(*mapping, "PID|1||P1^^^A^MR||||||||||||S^Sx^L||B^Bx^L\n");
    EXPECT_THAT(two, HasSubstr("Bx"));
    EXPECT_THAT(two, Not(HasSubstr("Never Married")));
    EXPECT_THAT(patient(*mapping, "PID|1||P1^^^A^MR||||||||||||S^Sx^L\n"), HasSubstr("Never Married"));
  }
}

TEST(Concept, ASecondRunOfAMapAddsNoCodings) {
  const auto mapping = Folder(true).mapping(R"(
mapping:
  patches:
    ADT_A01:
      - {from: PID, to: "Patient[1]", map: "PID[Patient]"}
)");
  const auto once = run(*shared_mapping(), adt("PID|1||P1^^^A^MR|||||||||||||Q^Qx^L\n"));
  const auto twice = run(*mapping, adt("PID|1||P1^^^A^MR|||||||||||||Q^Qx^L\n"));
  const auto* status = twice.one("Patient").resource->find("maritalStatus");
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(fhir::write_json(*status), fhir::write_json(*once.one("Patient").resource->find("maritalStatus")));
}

}  // namespace
}  // namespace yilian::mapping::test
