#include "engine/routing/pace.h"

#include <gtest/gtest.h>

namespace yilian::routing {
namespace {

constexpr Instant kSecond = 1'000'000;
const Hours kAlways;

TEST(Pace, TheRateSpreadsThem) {
  Pace pace;
  EXPECT_LE(pace.next(100, 0, kAlways), 100);
  pace.went(100, 4);
  EXPECT_EQ(pace.next(100, 0, kAlways), 100 + kSecond / 4);
  pace.went(100 + 10 * kSecond, 4);
  EXPECT_EQ(pace.next(0, 0, kAlways), 100 + 10 * kSecond + kSecond / 4);
}

TEST(Pace, WhileItIsDownThePausesGrowAndOneAtATimeIsTried) {
  Pace pace;
  pace.went(0, 0);
  EXPECT_TRUE(pace.failed(0, 77, "no connection"));
  EXPECT_TRUE(pace.is_down());
  EXPECT_EQ(pace.down_since(), 77);
  EXPECT_EQ(pace.why(), "no connection");
  EXPECT_EQ(pace.next(0, 0, kAlways), kSecond / 2);
  pace.went(kSecond / 2, 0);
  EXPECT_EQ(pace.next(kSecond, 0, kAlways), Pace::kNever);
  EXPECT_FALSE(pace.failed(kSecond, 99, "silence"));
  EXPECT_EQ(pace.down_since(), 77);
  EXPECT_EQ(pace.next(kSecond, 0, kAlways), 2 * kSecond);
  for (int i = 0; i < 20; ++i) pace.failed(0, 99, "silence");
  EXPECT_EQ(pace.next(0, 0, kAlways), 30 * kSecond);
}

TEST(Pace, AnAnswerEndsIt) {
  Pace pace;
  EXPECT_EQ(pace.answered(), 0);
  pace.failed(0, 77, "no connection");
  pace.went(kSecond, 0);
  EXPECT_EQ(pace.answered(), 77);
  EXPECT_FALSE(pace.is_down());
  EXPECT_LE(pace.next(kSecond, 0, kAlways), kSecond);
  pace.failed(0, 99, "again");
  EXPECT_EQ(pace.next(0, 0, kAlways), kSecond / 2);
}

TEST(Pace, WhatDidNotGoLetsTheNextOneTry) {
  Pace pace;
  pace.failed(0, 77, "no connection");
  pace.went(kSecond, 0);
  pace.stayed();
  EXPECT_LE(pace.next(kSecond, 0, kAlways), kSecond);
}

TEST(Pace, OutsideItsHoursItWaitsForThem) {
  const Hours hours{7 * 60, 20 * 60, Zone::shanghai()};
  const Instant evening = *parse_instant("2026-11-24T20:00:00+08:00");
  EXPECT_EQ(Pace().next(5, evening, hours), 5 + 11 * 3600 * kSecond);
}

}  // namespace
}  // namespace yilian::routing
