#include "engine/hl7v2/versions.h"

#include <gtest/gtest.h>

namespace yilian::hl7v2 {
namespace {

TEST(Versions, WhatEachHas) {
  using enum Version::Lacks;
  EXPECT_EQ(Version("2.3").lacks("SPM", 2, 1, 1), segment);
  EXPECT_EQ(Version("2.5").lacks("SPM", 2, 1, 1), nothing);
  EXPECT_EQ(Version("2.3").lacks("OBX", 18, 1, 1), field);
  EXPECT_EQ(Version("2.3").lacks("PID", 3, 7, 1), component);
  EXPECT_EQ(Version("2.3").lacks("PID", 3, 4, 3), nothing);
  EXPECT_EQ(Version("2.3").lacks("PID", 3, 4, 4), component);
  EXPECT_EQ(Version("2.3").lacks("OBX", 5, 13, 1), nothing);
  EXPECT_EQ(Version("2.3").lacks("ZPI", 5, 13, 1), nothing);
  EXPECT_EQ(Version("2.6").lacks("PID", 40, 1, 1), field);
  EXPECT_EQ(Version("2.8").lacks("PID", 40, 1, 1), nothing);
  EXPECT_EQ(Version("2.8").lacks("PRT", 4, 1, 1), nothing);
  EXPECT_TRUE(is_version("2.5.1"));
  EXPECT_FALSE(is_version("3"));
  EXPECT_LT(compare_numbers("2.5", "2.5.1"), 0);
  EXPECT_GT(compare_numbers("2.10", "2.9"), 0);
  EXPECT_EQ(compare_numbers("2.5", "2.5"), 0);
}

}  // namespace
}  // namespace yilian::hl7v2
