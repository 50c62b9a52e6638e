#include "engine/validation/presence.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "engine/fhirpath/parser.h"

namespace yilian::validation {
namespace {

Verdict verdict(std::string_view expression, std::string_view type, std::initializer_list<std::string_view> present) {
  fhirpath::Program program;
  program.text = expression;
  EXPECT_TRUE(fhirpath::parse(program));
  const fhir::Type& of = *fhir::type(type);
  fhir::ElementSet set;
  for (const std::string_view each : present) set.set(of.find(each)->order);
  return Presence(program, of).verdict(set);
}

TEST(Presence, DecidesWhatAsksOnlyWhatIsThere) {
  constexpr std::string_view either = "dataAbsentReason.empty() or value.empty()";
  EXPECT_EQ(verdict(either, "Observation", {}), Verdict::holds);
  EXPECT_EQ(verdict(either, "Observation", {"value"}), Verdict::holds);
  EXPECT_EQ(verdict(either, "Observation", {"value", "dataAbsentReason"}), Verdict::fails);
  constexpr std::string_view one = "extension.exists() != value.exists()";
  EXPECT_EQ(verdict(one, "Extension", {"url"}), Verdict::fails);
  EXPECT_EQ(verdict(one, "Extension", {"url", "value"}), Verdict::holds);
  EXPECT_EQ(verdict("low.exists() xor high.exists()", "Range", {"low", "high"}), Verdict::fails);
  EXPECT_EQ(verdict("low.exists() implies high.exists()", "Range", {"low"}), Verdict::fails);
  EXPECT_EQ(verdict("Appointment.start.exists()", "Appointment", {"start"}), Verdict::holds);
}

TEST(Presence, LeavesValuesToTheExpression) {
  constexpr std::string_view expression = "type = 'x' or entry.where(a = 1).empty()";
  EXPECT_EQ(verdict(expression, "Bundle", {"type"}), Verdict::holds);
  EXPECT_EQ(verdict(expression, "Bundle", {"type", "entry"}), Verdict::unknown);
  EXPECT_EQ(verdict("low <= high", "Range", {"low", "high"}), Verdict::unknown);
  EXPECT_EQ(verdict("text.`div`.exists()", "Patient", {"text"}), Verdict::unknown);
  EXPECT_EQ(verdict("contained.contained.empty()", "Patient", {}), Verdict::holds);
}

TEST(Presence, NothingOfWhatIsThereIsNotNothingOfWhatIsNot) {
  EXPECT_EQ(verdict("fullUrl.contains('/_history/').not()", "Bundle.entry", {"resource"}), Verdict::holds);
  EXPECT_EQ(verdict("code.exists() implies (system = 'x' and value.exists())", "Quantity", {"code", "value"}),
            Verdict::empty);
}

}  // namespace
}  // namespace yilian::validation
