// Expressions out of rules: what would fail, or hold for nothing, is told when they are compiled.

#include <gtest/gtest.h>

#include "engine/fhirpath/checked.h"

namespace yilian::fhirpath {
namespace {

std::string problem(std::string_view text, const char* type = "Observation") {
  const auto compiled = compile_condition(text, fhir::type(type));
  return compiled ? "" : told(compiled.error()) + (compiled.error().cure.empty() ? "" : " | " + compiled.error().cure);
}

bool never(std::string_view text, const char* type = "Observation") { return problem(text, type).starts_with("It can never hold"); }

TEST(Checked, NamesAndTypes) {
  EXPECT_EQ(problem("value.exists() or dataAbsentReason.exists() or component.exists()"), "");
  EXPECT_EQ(problem("Observation.status = 'final' implies value.exists()"), "");
  EXPECT_EQ(problem("valu.exists()"), "There is no element 'valu' in Observation | Did you mean value?");
  EXPECT_EQ(problem("valueQuantity.exists()"), "There is no element 'valueQuantity' in Observation | Write value.ofType(Quantity)");
  EXPECT_EQ(problem("component.where(cod.exists()).exists()"), "byte 16: There is no element 'cod' in Observation.component | Did you mean code?");
  EXPECT_TRUE(problem("value.ofType(Quantiti).exists()").starts_with("byte 13")) << problem("value.ofType(Quantiti).exists()");
  EXPECT_TRUE(problem("value.ofType(Patient).exists()").find("never of the type") != std::string::npos) << problem("value.ofType(Patient).exists()");
  EXPECT_TRUE(problem("value.exists(").starts_with("byte "));
  EXPECT_EQ(problem("code"), "It gives a CodeableConcept, and a condition is true or false | Say what has to hold: exists(), empty(), =");
  EXPECT_EQ(problem("component.count()"), "It gives a number, and a condition is true or false | Say what has to hold: exists(), empty(), =");
  EXPECT_EQ(problem("status.upper()"), "It gives a text, and a condition is true or false | Say what has to hold: exists(), empty(), =");
  EXPECT_EQ(problem("active", "Patient"), "");
  EXPECT_EQ(problem("%resorce.exists()"), "There is no variable %resorce | did you mean %resource?");
  EXPECT_EQ(problem("%resource.exists() and %`vs-x`.exists()"), "");
  EXPECT_TRUE(problem("code.memberOf('http://x')").starts_with("memberOf() cannot be answered here"));
  EXPECT_EQ(problem("subject.resolve().gender = 'male'"), "");
}

TEST(Checked, WhatCanNeverHold) {
  for (const char* text : {"false", "{}", "value.exists() and value.empty()", "value.exists() and status = 'final' and value.exists().not()",
                           "status = 'finished'", "'finished' = status", "status = 'final' and status = 'amended'", "not(value.exists()) and false",
                           "component.where(false).exists()", "component.exists(code.exists() and code.empty())", "value.empty() and value = 'x'",
                           "value.exists() = 'true'", "status = 1", "(status = 'x') or (status = 'y')", "true.not()", "status.exists() and (code.exists() and status.empty())",
                           "component.where(code.exists() and code.empty()).value.exists()"}) {
    EXPECT_TRUE(never(text) || std::string_view(text).starts_with("not(")) << text << ": " << problem(text);
  }
  EXPECT_TRUE(never("gender = 'M'", "Patient"));
}

TEST(Checked, WhatMayHold) {
  for (const char* text : {"true", "value.exists() and component.empty()", "status = 'final' or status = 'amended'", "status != 'finished'", "value.exists() or value.empty()",
                           "component.where(code.exists()).exists() and component.where(code.empty()).exists()", "(status = 'finished').not()", "status in ('final' | 'amended')",
                           "component[0].value = 1 and component[0].value = 1.0", "code.coding.code = 'a' and code.coding.system = 'b'", "value = 'a' and component.value = 'b'",
                           "code.text ~ 'A' and code.text ~ 'a'", "effective <= now()", "false.not()", "issued.exists() implies false"}) {
    EXPECT_EQ(problem(text), "") << text;
  }
}

TEST(Checked, NothingIsSaidOfATypeThatIsNotKnown) {
  EXPECT_TRUE(compile_checked("anything.at.all", nullptr));
  EXPECT_FALSE(compile_checked("anything.(", nullptr));
  EXPECT_FALSE(compile_condition("a.exists() and a.empty()", nullptr));
}

}  // namespace
}  // namespace yilian::fhirpath
