// Every element leads back to the rule and the bytes that made it.

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

const Origin* origin_of(const Done& done, std::string_view type, std::string_view element) {
  for (const Origin& origin : done.mapped.origins) {
    if (origin.element == element && done.mapped.resources[origin.resource].type == type) return &origin;
  }
  return nullptr;
}

Done traced(const std::string& text) {
  Context how = context();
  how.trace = true;
  return run(*shared_mapping(), text, how);
}

TEST(Trace, EveryElementNamesItsFieldRuleAndBytes) {
  const auto done =
      traced(oru("PID|1||P1^^^A^MR~P2^^^B^PI||Doe^Jane||19800102\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w\\T\\v^L||6.50|g|1-2||||"
                 "F|||||D2^Wang^Yi\n"));
  struct Case {
    std::string_view type, element, field, rule, via, bytes;
  };
  const Case cases[] = {
      {"Patient", "birthDate", "PID-7", "PID[Patient]#10", "", "19800102"},
      {"Patient", "identifier[1].value", "PID-3(2).1", "PID[Patient]#5", "CX[Identifier]#3", "P2"},
      {"Patient", "name[0].family", "PID-5.1", "PID[Patient]#7", "XPN[HumanName]#r1", "Doe"},
      {"Observation", "valueQuantity.value", "OBX-5", "OBX[Observation]#7", "", "6.50"},
      {"Observation", "code.coding[0].display", "OBX-3.2", "OBX[Observation]#5", "CWE[CodeableConcept]#4", "w\\T\\v"},
      {"Observation", "referenceRange[0].low.value", "OBX-7", "OBX[Observation]#r8", "", "1-2"},
      {"Observation", "status", "OBX-11", "OBX[Observation]#42", "", "F"},
      {"Practitioner", "name[0].given[0]", "OBX-16.3", "OBX[Observation]#53", "XCN[Practitioner]#r4", "Yi"},
  };
  for (const Case& c : cases) {
    const Origin* origin = origin_of(done, c.type, c.element);
    ASSERT_NE(origin, nullptr) << c.element;
    EXPECT_EQ(origin->field, c.field) << c.element;
    EXPECT_EQ(origin->rule, c.rule) << c.element;
    EXPECT_EQ(origin->via, c.via) << c.element;
    EXPECT_EQ(done.text.substr(origin->begin, origin->end - origin->begin), c.bytes) << c.element;
  }
  EXPECT_EQ(origin_of(done, "Patient", "birthDate")->rule_place, "segments/PID[Patient].yaml:6");
  EXPECT_EQ(origin_of(done, "Patient", "birthDate")->segment, 1);
}

TEST(Trace, LiteralsComeFromNoField) {
  const auto done = traced(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\n"));
  const Origin* origin = origin_of(done, "DiagnosticReport", "status");
  ASSERT_NE(origin, nullptr);
  EXPECT_EQ(origin->segment, -1);
  EXPECT_EQ(origin->begin, origin->end);
  EXPECT_EQ(origin->rule, "ORU_R01:DiagnosticReport[1]#default:status");
}

TEST(Trace, OffItCostsNothingAndSaysNothing) {
  EXPECT_TRUE(run(oru("PID|1||P1\nOBR|1||F1|A^a^L\n")).mapped.origins.empty());
}

TEST(Trace, TracingChangesNothingElse) {
  const std::string text =
      oru("PID|1||P1^^^A^MR||Doe^Jane\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.50|g|1-2||||F|||||D2^Wang^Yi\n");
  EXPECT_EQ(transaction_bundle(traced(text).mapped), transaction_bundle(run(text).mapped));
}

}  // namespace
}  // namespace yilian::mapping::test
