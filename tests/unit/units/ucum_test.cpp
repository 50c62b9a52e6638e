#include "engine/units/ucum.h"

#include <gtest/gtest.h>

#include <limits>

namespace yilian::units {
namespace {

void same(double a, const char* unit_a, double b, const char* unit_b) {
  const auto left = canonical(a, unit_a);
  const auto right = canonical(b, unit_b);
  ASSERT_TRUE(left) << unit_a;
  ASSERT_TRUE(right) << unit_b;
  EXPECT_EQ(left->key, right->key) << unit_a << ", " << unit_b;
  EXPECT_EQ(left->value, right->value) << unit_a << ", " << unit_b;
}

TEST(Ucum, EqualQuantitiesAreEqual) {
  same(1, "mg/dL", 0.01, "g/L");
  same(5.5, "mmol/L", 5500, "umol/L");
  same(5.5, "mmol/L", 5.5e-3, "mol.L-1");
  same(120, "mm[Hg]", 12, "cm[Hg]");
  same(4.5, "10*9/L", 4500, "/uL");
  same(4.5, "10^9/L", 4.5, "10*3/uL");
  same(250, "{cells}/uL", 250, "/uL");
  same(37, "Cel", 98.6, "[degF]");
  same(37, "Cel", 310.15, "K");
  same(60, "%", 0.6, "1");
  same(70, "kg", 70000, "g");
  same(1, "[in_i]", 2.54, "cm");
  same(2, "g%", 2, "g/dL");
  same(1, "10*3", 1000, "1");
  same(80, "ug/kg/min", 4.8, "mg/(kg.h)");
  same(30, "U/L", 0.5, "ukat/L");
  same(1, "[IU]/mL", 1000, "[iU]/L");
  same(140, "meq/L", 140, "mmol/L");
}

TEST(Ucum, WhatDiffersInKindDoesNotCompare) {
  const auto key = [](const char* unit) { return canonical(1, unit)->key; };
  EXPECT_NE(key("mmol/L"), key("/L"));
  EXPECT_NE(key("mol"), key("10*23"));
  EXPECT_NE(key("[iU]/L"), key("/L"));
  EXPECT_NE(key("[iU]/L"), key("U/L"));
  EXPECT_NE(key("[CFU]/mL"), key("[PFU]/mL"));
  EXPECT_NE(key("/[HPF]"), key("1"));
  EXPECT_EQ(key("/[HPF]"), key("/[LPF]"));
  EXPECT_NE(key("[pH]"), key("mol/L"));
  EXPECT_NE(key("dB"), key("1"));
  EXPECT_NE(key("mm[Hg]"), key("mm"));
}

// An index keeps keys: a change of one is a change of the index.
TEST(Ucum, KeysAreTextsHashed) {
  EXPECT_EQ(*dimension("mg/dL"), "g.m-3");
  EXPECT_EQ(*dimension("mmol/L"), "m-3.mol");
  EXPECT_EQ(*dimension("Cel"), "K");
  EXPECT_EQ(*dimension("dB"), "B");
  EXPECT_EQ(*dimension("%"), "1");
  EXPECT_EQ(canonical(1, "%")->key, canonical(1, "1")->key);
}

TEST(Ucum, LargerStaysLarger) {
  for (const char* unit : {"[pH]", "dB", "Cel", "mg/dL", "[hp'_X]", "%[slope]"}) {
    EXPECT_LT(canonical(7.3, unit)->value, canonical(7.4, unit)->value) << unit;
  }
}

TEST(Ucum, SpecialUnitsConvert) {
  EXPECT_NEAR(*convert(7.4, "[pH]", "nmol/L"), 39.8107170553, 1e-9);
  EXPECT_NEAR(*convert(39.8107170553497, "nmol/L", "[pH]"), 7.4, 1e-10);
  EXPECT_EQ(*convert(98.6, "[degF]", "Cel"), 37);
  EXPECT_EQ(*convert(29.6, "[degRe]", "Cel"), 37);
  EXPECT_EQ(*convert(20, "dB", "1"), 100);
  EXPECT_EQ(*convert(20, "dB[W]", "W"), 100);
  EXPECT_EQ(*convert(40, "dB[V]", "V"), 100);
  EXPECT_EQ(*convert(100, "%[slope]", "deg"), 45);
  EXPECT_EQ(*convert(3, "bit_s", "1"), 8);
  EXPECT_FALSE(convert(0, "mol/L", "[pH]"));
  EXPECT_FALSE(convert(1, "mg", "mL"));
}

TEST(Ucum, WhatIsNoUcumIsNothing) {
  for (const char* unit : {"", "mmHg", "mmhg", "×10^9/L", "10^9/升", "IU/L", "mg/dl/", "mg//dL", "Mg/DL", "Mmm", "cells/uL", "{cells", "(mg", "mg)",
                           "Cel/min", "Cel2", "kCel.m", "m-", "m100", "0.m", "{个}/L", " mg", "mg ", "次/分", "bpm", "°C"}) {
    EXPECT_FALSE(canonical(1, unit)) << unit;
    EXPECT_FALSE(canonical(1, unit)) << unit << ", remembered";
  }
  EXPECT_EQ(dimension("mg/foo").error().where, "byte 3");
  EXPECT_FALSE(canonical(std::numeric_limits<double>::infinity(), "mg"));
  EXPECT_FALSE(canonical("", "mg"));
  EXPECT_FALSE(canonical("1,5", "mg"));
  EXPECT_EQ(canonical("1.50", "g")->value, 1.5);
}

TEST(Ucum, EverythingIsBounded) {
  std::string deep(100, '(');
  deep += "m";
  deep.append(100, ')');
  EXPECT_FALSE(dimension(deep));
  EXPECT_FALSE(dimension(std::string(100000, 'm')));
  EXPECT_FALSE(canonical(1, std::string(100000, 'm')));
  std::string high = "m99";
  for (int i = 0; i < 3; ++i) high += ".m99";
  EXPECT_FALSE(dimension(high));
}

}  // namespace
}  // namespace yilian::units
