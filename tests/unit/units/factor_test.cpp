#include "engine/units/factor.h"

#include <gtest/gtest.h>

namespace yilian::units {
namespace {

TEST(Factor, KeepsPowersOfTenExact) {
  Factor litre = read_factor("1e-1")->power(3);
  EXPECT_EQ(litre.mantissa, 1);
  EXPECT_EQ(litre.tens, -3);
  litre.multiply(*read_factor("2.5"));
  EXPECT_EQ(litre.times(4), 0.01L);
  EXPECT_EQ(read_factor("10")->power(-2).times(700), 7);
}

TEST(Factor, ReadsPositiveDecimalsAlone) {
  EXPECT_EQ(read_factor("980665e-5")->mantissa, 980665);
  EXPECT_NEAR(static_cast<double>(read_factor("3.14159265358979323846264338327950288")->times(1)), 3.14159265358979, 1e-14);
  for (const char* text : {"", "-1", "0", "1e", "1e9999", "1.2.3", "x", "."}) EXPECT_FALSE(read_factor(text)) << text;
}

TEST(Factor, RoundsToTwelveDigits) {
  EXPECT_EQ(rounded(10.0000000000000002L), 10.0);
  EXPECT_EQ(rounded(9.9999999999996L), 10.0);
  EXPECT_EQ(rounded(9.9999999999946L), 9.99999999999);
  EXPECT_EQ(rounded(0.1L + 0.2L), 0.3);
  EXPECT_EQ(rounded(-1234567890123456L), -1234567890120000.0);
  EXPECT_EQ(rounded(1e-300L), 1e-300);
  EXPECT_EQ(rounded(999999999999.9L), 1e12);
  EXPECT_EQ(rounded(0), 0.0);
}

}  // namespace
}  // namespace yilian::units
