#include "engine/routing/condition.h"

#include <gtest/gtest.h>

namespace yilian::routing {
namespace {

const hl7v2::Message& message() {
  static const hl7v2::Message made = *hl7v2::Message::parse(
      "MSH|^~\\&|LIS|LAB|Y|A|20261124||ORU^R01|7|P|2.5\rPID|1||12^^^A^MR~99^^^B^SS||Zhang^San\rOBX|1|NM|GLU^Glucose||5.1|||N\rOBX|2|NM|K^Potassium||7.0|||HH\r"
      "NTE|1||a \\T\\ b\r");
  return made;
}

bool holds(const std::string& text) {
  const auto root = config::read_text("when: '" + text + "'\n", "h.yaml");
  const auto condition = MessageCondition::compile((*root)["when"]);
  EXPECT_TRUE(condition) << condition.error().line();
  return condition && condition->holds(message());
}

TEST(MessageCondition, OfAnySegmentAndRepetition) {
  EXPECT_TRUE(holds(R"(MSH-9.1 = "ORU")"));
  EXPECT_FALSE(holds(R"(MSH-9.1 = "ADT")"));
  EXPECT_TRUE(holds(R"(PID-3.1 = "99")"));
  EXPECT_TRUE(holds(R"(PID-3.4 in ("X", "B"))"));
  EXPECT_TRUE(holds(R"(OBX-8 in ("LL", "HH"))"));
  EXPECT_TRUE(holds("OBX-5 > 6"));
  EXPECT_FALSE(holds("OBX-5 > 10"));
  EXPECT_TRUE(holds("OBX-5 = 7"));
  EXPECT_TRUE(holds(R"(OBX-3.2 matches "^Pot")"));
  EXPECT_TRUE(holds(R"(NTE-3 = "a & b")"));
}

TEST(MessageCondition, WhatIsThere) {
  EXPECT_TRUE(holds("NTE"));
  EXPECT_FALSE(holds("ZPI"));
  EXPECT_TRUE(holds("PID-5 and not PID-8"));
  EXPECT_TRUE(holds(R"(ZPI or (MSH-3 = "LIS" and not ZPI-3 = "x"))"));
}

TEST(MessageCondition, DiffersMeansThatNoneIsTheSame) {
  EXPECT_FALSE(holds(R"(OBX-8 != "HH")"));
  EXPECT_TRUE(holds(R"(OBX-8 != "LL")"));
  EXPECT_TRUE(holds(R"(ZPI-1 != "x")"));
  EXPECT_FALSE(holds(R"(OBX-8 not in ("HH"))"));
}

TEST(MessageCondition, WhatCannotBeAskedIsToldWithItsPlace) {
  for (const char* text : {"MSH-9.1 =", "count(OBX) > 1", "PID-3 ?? PID-2", R"(OBX-3 matches "(")", "CX.4 = 1", "."}) {
    const auto root = config::read_text("when: '" + std::string(text) + "'\n", "h.yaml");
    const auto condition = MessageCondition::compile((*root)["when"]);
    ASSERT_FALSE(condition) << text;
    EXPECT_EQ(condition.error().where, "h.yaml:1");
  }
}

class ResultConditionTest : public ::testing::Test {
 protected:
  Result<ResultCondition> compile(const std::string& text) {
    const auto root = config::read_text("fhirpath: \"" + text + "\"\n", "h.yaml");
    return ResultCondition::compile((*root)["fhirpath"]);
  }
  bool holds(const std::string& text, const std::vector<std::string>& resources) {
    fhir::Arena arena;
    std::vector<const fhir::Json*> read;
    for (const std::string& each : resources) read.push_back(*fhir::read_json(arena.copy(each), arena));
    const auto condition = compile(text);
    EXPECT_TRUE(condition) << condition.error().line();
    return condition && condition->holds(read, 0);
  }
};

constexpr const char* kObservation = R"({"resourceType":"Observation","status":"final","code":{"text":"K"},"valueQuantity":{"value":7.0}})";
constexpr const char* kPatient = R"({"resourceType":"Patient","gender":"male"})";

TEST_F(ResultConditionTest, HoldsWhenItHoldsForOneResource) {
  EXPECT_TRUE(holds("Observation.value.ofType(Quantity).value > 6", {kPatient, kObservation}));
  EXPECT_FALSE(holds("Observation.value.ofType(Quantity).value > 6", {kPatient}));
  EXPECT_FALSE(holds("Observation.value.ofType(Quantity).value > 6", {}));
  EXPECT_TRUE(holds("gender = 'male'", {kObservation, kPatient}));
}

TEST_F(ResultConditionTest, WhatCannotHoldIsTold) {
  for (const char* text : {"Observation.valueQuantity.value > 6", "Observation.status = ", "Patient.gendre = 'male'"}) {
    const auto condition = compile(text);
    ASSERT_FALSE(condition) << text;
    EXPECT_EQ(condition.error().where, "h.yaml:1");
  }
}

}  // namespace
}  // namespace yilian::routing
