#include "engine/base/time.h"

namespace yilian {
namespace {

TEST(Time, DaysAndDatesAreEachOthersInverse) {
  EXPECT_EQ(days_from_civil(1970, 1, 1), 0);
  EXPECT_EQ(days_from_civil(2000, 3, 1), 11017);
  for (std::int64_t day = -200'000; day < 200'000; day += 37) {
    const Civil date = civil_from_days(day);
    EXPECT_EQ(days_from_civil(date.year, date.month, date.day), day);
  }
}

TEST(Time, InstantsReadWhatTheyWrite) {
  const auto at = parse_instant("2026-11-24T08:30:00.123Z");
  ASSERT_TRUE(at);
  EXPECT_EQ(fhir_instant(*at), "2026-11-24T08:30:00.123Z");
  EXPECT_EQ(*parse_instant("2026-11-24T16:30:00.123+08:00"), *at);
  EXPECT_EQ(*parse_instant("1969-12-31T23:59:59.5Z"), -500'000);
  EXPECT_EQ(fhir_instant(-500'000), "1969-12-31T23:59:59.500Z");
}

TEST(Time, WhatIsNoInstantIsRefused) {
  for (const char* text : {"2026-11-24", "2026-11-24T08:30:00", "2026-02-30T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T08:30:00.Z",
                           "2026-11-24T08:30:00+0800", "", "2026-11-24T08:30:00Zx"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Zone, ShanghaiIsEightHoursAheadToday) {
  EXPECT_EQ(Zone::shanghai().offset_minutes(2026, 11, 24, 12, 0), 480);
  EXPECT_EQ(Zone::shanghai().offset_minutes(1988, 7, 1, 12, 0), 540);  // summer time was kept from 1986 to 1991
}

TEST(Zone, GapsAndRepeatedHoursAreDecided) {
  const auto berlin = Zone::find("Europe/Berlin");
  if (!berlin) GTEST_SKIP() << "this machine has no time zone database";
  EXPECT_EQ(berlin->offset_minutes(2024, 3, 31, 1, 59), 60);
  EXPECT_EQ(berlin->offset_minutes(2024, 3, 31, 2, 30), 60);   // in the gap: the offset before it
  EXPECT_EQ(berlin->offset_minutes(2024, 3, 31, 3, 0), 120);
  EXPECT_EQ(berlin->offset_minutes(2024, 10, 27, 2, 30), 120);  // twice: the earlier one
  EXPECT_EQ(berlin->offset_minutes(2024, 10, 27, 3, 0), 60);
}

TEST(Zone, FixedOffsetsAndNonsense) {
  EXPECT_EQ(Zone::find("+05:30")->offset_minutes(2026, 1, 1, 0, 0), 330);
  EXPECT_EQ(Zone::find("-03:00")->offset_minutes(2026, 1, 1, 0, 0), -180);
  EXPECT_FALSE(Zone::find("Middle/Earth"));
  EXPECT_FALSE(Zone::find("../../etc/passwd"));
  EXPECT_FALSE(Zone::find(""));
}

}  // namespace
}  // namespace yilian
