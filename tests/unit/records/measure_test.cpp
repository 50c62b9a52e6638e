#include "engine/records/measure.h"

#include <gtest/gtest.h>

#include <limits>

namespace yilian::records {
namespace {

TEST(Measure, TheOrderIsThatOfTheNumbers) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double values[] = {-infinity, -1e300, -2.5, -1e-300, 0, 1e-300, 0.1, 0.2, 2.5, 1e300, infinity};
  for (std::size_t i = 0; i < std::size(values); ++i) {
    EXPECT_EQ(unordered(ordered(values[i])), values[i]);
    if (i > 0) {
      EXPECT_LT(ordered(values[i - 1]), ordered(values[i])) << values[i];
    }
  }
  EXPECT_EQ(ordered(-0.0), ordered(0.0));
}

// The edges are the very doubles that a value written there has.
TEST(Measure, AWrittenNumberStandsForARange) {
  const auto range = [](const char* text) {
    const auto decimal = read_decimal(text);
    return decimal ? std::make_pair(decimal->low, decimal->high) : std::make_pair(0.0, 0.0);
  };
  EXPECT_EQ(range("100"), std::make_pair(99.5, 100.5));
  EXPECT_EQ(range("100.00"), std::make_pair(99.995, 100.005));
  EXPECT_EQ(range("5.4"), std::make_pair(5.35, 5.45));
  EXPECT_EQ(range("1e2"), std::make_pair(95.0, 105.0));
  EXPECT_EQ(range("5.40e-3"), std::make_pair(0.005395, 0.005405));
  EXPECT_EQ(range("-0.1"), std::make_pair(-0.15, -0.05));
  for (const char* wrong : {"", "x", "1,5", "1.2.3", "0x10", "--1", "NaN", "inf", "1e999", " 1"})
    EXPECT_FALSE(read_decimal(wrong)) << wrong;
}

TEST(Measure, WhatAQuantityMayBe) {
  const auto read = [](std::string_view type, std::string_view json) {
    fhir::Arena arena;
    const auto value = fhir::read_json(json, arena);
    const auto measure = read_measure(type, **value);
    return measure ? std::optional(measure->span) : std::nullopt;
  };
  EXPECT_TRUE(read("Quantity", R"({"value":0.1})")->point());
  const auto less = *read("Quantity", R"({"value":0.1,"comparator":"<"})");
  EXPECT_LT(less.high, 0.1);
  EXPECT_EQ(less.low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(read("Quantity", R"({"value":0.1,"comparator":"<="})")->high, 0.1);
  EXPECT_EQ(read("Range", R"({"low":{"value":1},"high":{"value":2}})")->high, 2.0);
  EXPECT_FALSE(read("Quantity", R"({"unit":"mg"})"));
  EXPECT_FALSE(read("Quantity", R"({"value":"x"})"));
}

TEST(Measure, UnitsComeBackFromTheirKeys) {
  const std::string key = unit_key({kUcum, "mg", "milligram"});
  EXPECT_EQ(read_unit(key).system, kUcum);
  EXPECT_EQ(read_unit(key).code, "mg");
  EXPECT_EQ(read_unit(key).unit, "milligram");
  EXPECT_EQ(unit_key({kUcum, "mg", "mg"}), unit_key({kUcum, "mg", ""}));
  EXPECT_EQ(read_unit(unit_key({"", "", "片"})).unit, "片");
}

}  // namespace
}  // namespace yilian::records
