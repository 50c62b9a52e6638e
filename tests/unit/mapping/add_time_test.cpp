#include "engine/mapping/add_time.h"

#include <gtest/gtest.h>

namespace yilian::mapping {
namespace {

std::string plus(std::string_view time, std::string_view amount, std::string_view unit) {
  return later(time, amount, unit).value_or("-");
}

TEST(AddTime, KeepsThePrecisionOrIsFiner) {
  EXPECT_EQ(plus("202601061400", "30", "min"), "202601061430");
  EXPECT_EQ(plus("20260106140005+0800", "1.5", "h"), "20260106153005+0800");
  EXPECT_EQ(plus("202601061400", "30", "s"), "20260106140030");
  EXPECT_EQ(plus("2026010614", "90", "min"), "202601061530");
  EXPECT_EQ(plus("2026010614", "2", "h"), "2026010616");
  EXPECT_EQ(plus("20260106140005.25-0330", "1", "s"), "20260106140006.25-0330");
  EXPECT_EQ(plus("2026-01-06 14:00", "10", "min"), "202601061410");
}

TEST(AddTime, GoesOverTheEnds) {
  EXPECT_EQ(plus("202612312350", "20", "min"), "202701010010");
  EXPECT_EQ(plus("20240228", "1", "d"), "20240229");
  EXPECT_EQ(plus("20260106", "2", "wk"), "20260120");
  EXPECT_EQ(plus("20260131", "1", "mo"), "20260228");
  EXPECT_EQ(plus("20240229", "1", "a"), "20250228");
  EXPECT_EQ(plus("202612", "1", "mo"), "202701");
  EXPECT_EQ(plus("2026", "2", "a"), "2028");
  EXPECT_EQ(plus("19691231235959", "1", "s"), "19700101000000");
  EXPECT_EQ(plus("19000101", "0", "d"), "19000101");
}

TEST(AddTime, KnowsTheUnits) {
  for (const char* const unit : {"min", "MIN", "M", "m", "minutes", "Minute", "分钟"}) EXPECT_EQ(plus("202601061400", "5", unit), "202601061405") << unit;
  EXPECT_EQ(plus("20260106", "1", "L"), "20260206");
  EXPECT_EQ(plus("202601061400", "1", "小时"), "202601061500");
}

TEST(AddTime, InventsNothing) {
  EXPECT_EQ(plus("20260106", "30", "min"), "-");
  EXPECT_EQ(plus("202601", "1", "d"), "-");
  EXPECT_EQ(plus("2026", "1", "mo"), "-");
  EXPECT_EQ(plus("20260106", "0.5", "d"), "-");
  EXPECT_EQ(plus("20260106", "0.5", "mo"), "-");
  EXPECT_EQ(plus("202601061400", "-5", "min"), "-");
  EXPECT_EQ(plus("202601061400", "", "min"), "-");
  EXPECT_EQ(plus("202601061400", "nan", "min"), "-");
  EXPECT_EQ(plus("202601061400", "1e300", "min"), "-");
  EXPECT_EQ(plus("202601061400", "99999999999", "d"), "-");
  EXPECT_EQ(plus("9999123123", "2", "h"), "-");
  EXPECT_EQ(plus("202601061400", "5", ""), "-");
  EXPECT_EQ(plus("202601061400", "5", "fortnight"), "-");
  EXPECT_EQ(plus("soon", "5", "min"), "-");
  EXPECT_EQ(plus("", "5", "min"), "-");
}

}  // namespace
}  // namespace yilian::mapping
