// What is kept in memory of what was read.

#include "engine/records/lately.h"

#include <gtest/gtest.h>

#include <string>

namespace yilian::records {
namespace {

std::shared_ptr<const std::string> text(const std::string& of) { return std::make_shared<const std::string>(of); }

TEST(Lately, KeepsWhatIsAskedForAndStaysWithinItsBound) {
  Lately<std::string> kept(64 * 1024);
  const int here = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    kept.keep({&here, i}, text(std::to_string(i)), 500);
    EXPECT_LE(kept.bytes(), 64U * 1024);
    const auto busy = kept.find({&here, 0});
    ASSERT_TRUE(busy) << i;
    EXPECT_EQ(*busy, "0");
  }
  EXPECT_EQ(kept.find({&here, 500}), nullptr);
  ASSERT_TRUE(kept.find({&here, 999}));
  EXPECT_EQ(*kept.find({&here, 999}), "999");
}

TEST(Lately, WhatIsTooLargeIsNotKept) {
  Lately<std::string> kept(64 * 1024);
  const int here = 0;
  kept.keep({&here, 1}, text("large"), 32 * 1024);
  EXPECT_EQ(kept.find({&here, 1}), nullptr);
  EXPECT_EQ(kept.bytes(), 0U);
}

TEST(Lately, OneOwnerIsForgottenAndTheOthersStay) {
  Lately<std::string> kept(64 * 1024);
  const int here = 0, there = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    kept.keep({&here, i}, text("here"), 400);
    kept.keep({&there, i}, text("there"), 100);
  }
  ASSERT_TRUE(kept.find({&there, 99}));
  kept.forget(&here);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(kept.find({&here, i}), nullptr);
  ASSERT_TRUE(kept.find({&there, 99}));
  EXPECT_EQ(*kept.find({&there, 99}), "there");
  kept.forget(&there);
  EXPECT_EQ(kept.bytes(), 0U);
}

TEST(Lately, AtRestWhatNobodyAskedForGoes) {
  Lately<std::string> kept(64 * 1024);
  const int here = 0;
  kept.keep({&here, 1}, text("a"), 100);
  kept.rest();  // it was used until now
  ASSERT_TRUE(kept.find({&here, 1}));
  kept.rest();
  ASSERT_TRUE(kept.find({&here, 1}));
  for (int i = 0; i < 3; ++i) kept.rest();
  EXPECT_EQ(kept.find({&here, 1}), nullptr);
  EXPECT_EQ(kept.bytes(), 0U);
}

}  // namespace
}  // namespace yilian::records
