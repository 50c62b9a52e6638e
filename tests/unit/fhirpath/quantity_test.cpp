#include "engine/fhirpath/quantity.h"

#include "tests/unit/fhirpath/fixture.h"

namespace yilian::fhirpath {
namespace {

class QuantityTest : public Evaluation {};

TEST_F(QuantityTest, IsReadFromATextAndWritten) {
  EXPECT_EQ(parse_quantity("4 days")->text(), "4 days");
  EXPECT_EQ(parse_quantity("1 day")->text(), "1 day");
  EXPECT_EQ(parse_quantity("-1.50 'mg/dL'")->text(), "-1.50 'mg/dL'");
  EXPECT_EQ(parse_quantity("7")->text(), "7 '1'");
  for (const std::string_view text : {"", "days", "4days", "4 mg", "4 'mg", "4 ''", "4 'm'g'"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
}

TEST_F(QuantityTest, OfTheCalendarAreComparedWithinTheirKind) {
  EXPECT_EQ(value("24 months = 2 years"), Texts{"true"});
  EXPECT_EQ(value("2 weeks < 15 days"), Texts{"true"});
  EXPECT_EQ(value("60 minutes = 1 'h'"), Texts{"true"});
  EXPECT_EQ(value("1 month = 30 days"), Texts{});
  EXPECT_EQ(value("1 year = 1 'a'"), Texts{});
  EXPECT_EQ(value("1 year ~ 1 'a'"), Texts{"true"});
  EXPECT_EQ(value("1 'mg' = 1 'kg'"), Texts{"false"});
  EXPECT_EQ(value("1 'mg' ~ 1 'kg'"), Texts{"false"});
}

TEST_F(QuantityTest, OfUcumAreComparedInOneUnit) {
  for (const char* holds : {"1 'g' = 1000 'mg'", "1 '[ft_i]' = 0.3048 'm'", "0.3048 'm' = 1 '[ft_i]'", "5.4 'mmol/L' > 1 'umol/L'", "37 'Cel' = 310.15 'K'",
                            "100 'Cel' = 212 '[degF]'", "2 'h' = 120 minutes", "1 'd' < 25 hours", "120 'mm[Hg]' ~ 16 'kPa'", "4 'g' ~ 4040 'mg'"}) {
    EXPECT_EQ(value(holds), Texts{"true"}) << holds;
  }
  EXPECT_EQ(value("4 'g' = 4040 'mg'"), Texts{"false"});
  EXPECT_EQ(value("1 'mg' = 1 'mL'"), Texts{});
  EXPECT_EQ(value("1 'mg' = 1 'spoon'"), Texts{});
  EXPECT_EQ(value("1 month = 1 'mo'"), Texts{});
}

TEST_F(QuantityTest, AreMadeOnesOfAnotherUnit) {
  EXPECT_EQ(value("(1.5 'g').toQuantity('mg')"), Texts{"1500.0 'mg'"});
  EXPECT_EQ(value("(90 minutes).toQuantity('hours')"), Texts{"1.5 hours"});
  EXPECT_EQ(value("(2 years).toQuantity('month')"), Texts{"24 months"});
  EXPECT_EQ(value("'5 \\'mg\\''.toQuantity('g')"), Texts{"0.005 'g'"});
  EXPECT_EQ(value("(1 'g').toQuantity('mL')"), Texts{});
}

TEST_F(QuantityTest, AreAddedMultipliedAndDivided) {
  EXPECT_EQ(value("1.5 'mg' + 1 'mg'"), Texts{"2.5 'mg'"});
  EXPECT_EQ(value("1 day - 1 hour"), Texts{"23 hours"});
  EXPECT_EQ(value("3 'mg' / 2 'mg'"), Texts{"1.5 '1'"});
  EXPECT_EQ(value("3 'mg' / 2"), Texts{"1.5 'mg'"});
  EXPECT_EQ(value("2 * 3 'mg'"), Texts{"6 'mg'"});
  EXPECT_EQ(value("1 'mg' + 1 'cm'"), Texts{});
  EXPECT_EQ(value("1 'g' + 1 'mg'"), Texts{"1001 'mg'"});
  EXPECT_EQ(value("6 'mg' / 2 'mL.h'"), Texts{"3 'mg/(mL.h)'"});
  EXPECT_EQ(value("(1|2|3|4|5|6|7|8|9).select((1|2|3|4|5|6|7|8|9)).aggregate($total * 1 'mg', 1 'mg')"), Texts{});
}

TEST_F(QuantityTest, OfAResourceHaveTheCodeOfUcum) {
  const fhir::Json& weight = read(
      R"({"resourceType":"Observation","valueQuantity":{"value":1.50,"unit":"pounds","system":"http://unitsofmeasure.org","code":"[lb_av]"}})");
  EXPECT_EQ(on(weight, "value = 1.5 '[lb_av]'"), Texts{"true"});
  EXPECT_EQ(on(weight, "value + 1 '[lb_av]'"), Texts{"2.50 '[lb_av]'"});
  const fhir::Json& open = read(
      R"({"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<","system":"http://unitsofmeasure.org","code":"mg"}})");
  EXPECT_EQ(on(open, "value = 5 'mg'"), Texts{"false"});
  const fhir::Json& age =
      read(R"({"resourceType":"Condition","onsetAge":{"value":5,"system":"http://unitsofmeasure.org","code":"a"}})");
  EXPECT_EQ(on(age, "onset >= 5 years and onset is Quantity and onset.is(Age)"), Texts{"true"});
}

}  // namespace
}  // namespace yilian::fhirpath
