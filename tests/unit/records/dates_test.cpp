#include "engine/records/dates.h"

#include <gtest/gtest.h>

#include "engine/base/time.h"

namespace yilian::records {
namespace {

std::int64_t ms(const char* instant) { return *parse_instant(instant) / 1000; }

void expect(const char* text, const char* low, const char* high) {
  const auto got = read_interval(text);
  ASSERT_TRUE(got) << text;
  EXPECT_EQ(got->low, ms(low)) << text;
  EXPECT_EQ(got->high, ms(high)) << text;
}

TEST(Dates, ImplicitRanges) {
  expect("2026", "2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z");
  expect("2026-12", "2026-11-30T16:00:00Z", "2026-12-31T16:00:00Z");
  expect("2024-02-29", "2024-02-28T16:00:00Z", "2024-02-29T16:00:00Z");
  expect("2026-11-24T08:30", "2026-11-24T00:30:00Z", "2026-11-24T00:31:00Z");
  expect("2026-11-24T08:30:05Z", "2026-11-24T08:30:05Z", "2026-11-24T08:30:06Z");
  expect("2026-11-24T08:30:05.120+08:00", "2026-11-24T00:30:05.120Z", "2026-11-24T00:30:05.121Z");
  expect("2026-11-24T08:30:05.1-03:30", "2026-11-24T12:00:05.100Z", "2026-11-24T12:00:05.200Z");
  expect("2026-11-24T08:30:05.123456Z", "2026-11-24T08:30:05.123Z", "2026-11-24T08:30:05.124Z");
  expect("2026-11-24T08:30:05 08:00", "2026-11-24T00:30:05Z", "2026-11-24T00:30:06Z");
}

TEST(Dates, WhatIsNone) {
  for (const char* text :
       {"", "20", "2026-", "2026-13", "2026-00", "2026-02-30", "2026-11-24T", "2026-11-24T25:00",
        "2026-11-24T08:30:05.", "2026-11-24T08:30:05+8", "2026-11-24x", "0000", "2026-11-24T08:30:05Z ", "-2026"}) {
    EXPECT_FALSE(read_interval(text)) << text;
  }
}

}  // namespace
}  // namespace yilian::records
