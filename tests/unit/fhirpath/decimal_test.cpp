#include "engine/fhirpath/decimal.h"

namespace yilian::fhirpath {
namespace {

Decimal d(std::string_view text) {
  const auto read = Decimal::parse(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(Decimal());
}
std::string shown(const std::optional<Decimal>& value) { return value ? value->text() : "nothing"; }

TEST(Decimal, KeepsTheDigitsThatWereWritten) {
  for (const std::string_view text : {"0", "0.0", "-1.50", "0.05", "100", "-0.001", "1234567890987654321.0",
                                      "99999999999999999999999999999999999999"}) {
    EXPECT_EQ(d(text).text(), text);
  }
  EXPECT_EQ(d("1.5e3").text(), "1500");
  EXPECT_EQ(d("15e-3").text(), "0.015");
  EXPECT_EQ(d("0e20").text(), "0");
}

TEST(Decimal, RefusesWhatIsNoNumberOrTooLong) {
  for (const std::string_view text : {"", "-", ".", "1.", ".5", "1e", "1.2.3", "0x1", "1 ", "1e99", "1e-99",
                                      "100000000000000000000000000000000000000"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(Decimal, IsExact) {
  EXPECT_EQ(shown(add(d("0.1"), d("0.2"))), "0.3");
  EXPECT_EQ(shown(subtract(d("1.00"), d("0.9"))), "0.10");
  EXPECT_EQ(shown(multiply(d("1.1"), d("-1.1"))), "-1.21");
  EXPECT_EQ(shown(divide(d("1"), d("3"))), "0.3333333333333333333333333333");
  EXPECT_EQ(shown(divide(d("2"), d("3"))), "0.6666666666666666666666666667");
  EXPECT_EQ(shown(divide(d("-7"), d("0.5"))), "-14");
  EXPECT_EQ(shown(divide(d("1"), d("0.0"))), "nothing");
  EXPECT_EQ(shown(remainder(d("-5.5"), d("2"))), "-1.5");
  EXPECT_EQ(shown(divide_whole(d("-5.5"), d("2"))), "-2");
}

TEST(Decimal, RoundsWhatHasTooManyDigitsAndGivesNothingForWhatIsTooLarge) {
  const Decimal third = *divide(d("1"), d("3"));
  EXPECT_EQ(shown(multiply(third, third)), "0.11111111111111111111111111108888888889");
  const Decimal large = d("99999999999999999999999999999999999999");
  EXPECT_EQ(shown(multiply(large, large)), "nothing");
  EXPECT_EQ(shown(add(large, d("1"))), "nothing");
  EXPECT_EQ(shown(add(large, d("1.0"))), "nothing");
}

TEST(Decimal, IsOrderedByValue) {
  EXPECT_EQ(d("1.50"), d("1.5"));
  EXPECT_LT(d("-2"), d("-1.9"));
  EXPECT_LT(d("-1"), d("0.0000000000000000000000000000000000001"));
  EXPECT_GT(d("99999999999999999999999999999999999999"), d("0.00000000000000000000000000000000000001"));
}

TEST(Decimal, IsRoundedHalfAwayFromZero) {
  EXPECT_EQ(d("2.5").rounded(0).text(), "3");
  EXPECT_EQ(d("-2.5").rounded(0).text(), "-3");
  EXPECT_EQ(d("2.449").rounded(1).text(), "2.4");
  EXPECT_EQ(d("-2.9").truncated(0).text(), "-2");
  EXPECT_EQ(d("-2.1").floor().text(), "-3");
  EXPECT_EQ(d("-2.9").ceiling().text(), "-2");
  EXPECT_EQ(d("2.000").ceiling().text(), "2");
}

TEST(Decimal, HasRootsPowersAndLogarithms) {
  EXPECT_EQ(shown(square_root(d("81"))), "9");
  EXPECT_EQ(shown(square_root(d("2"))), "1.4142135623730950488016887242");
  EXPECT_EQ(shown(square_root(d("-1"))), "nothing");
  EXPECT_EQ(shown(logarithm(d("1000"), d("10"))), "3");
  EXPECT_EQ(shown(natural_logarithm(d("0"))), "nothing");
  EXPECT_EQ(shown(exponential(d("1"))), "2.7182818284590452353602874714");
  EXPECT_EQ(shown(exponential(d("1000000"))), "nothing");
  EXPECT_EQ(shown(power(d("-2"), d("3"))), "-8");
  EXPECT_EQ(shown(power(d("-2"), d("0.5"))), "nothing");
  EXPECT_EQ(shown(power(d("0"), d("-1"))), "nothing");
  EXPECT_EQ(shown(power(d("10"), d("99999999999999999999"))), "nothing");
  EXPECT_EQ(shown(power(d("10"), d("-99999999999999999999"))), "0");
}

}  // namespace
}  // namespace yilian::fhirpath
