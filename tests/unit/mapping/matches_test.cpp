#include "engine/mapping/matches.h"

#include <gtest/gtest.h>

namespace yilian::mapping::test {
namespace {

TEST(Matches, TellsProgramsPatternsAndTextsApart) {
  Matches matches;
  const Matches::Key key(1, 2, "6.5");
  EXPECT_FALSE(matches.find(key).has_value());
  matches.keep(key, true);
  EXPECT_EQ(matches.find(Matches::Key(1, 2, "6.5")), true);
  EXPECT_FALSE(matches.find(Matches::Key(2, 2, "6.5")).has_value());
  EXPECT_FALSE(matches.find(Matches::Key(1, 3, "6.5")).has_value());
  EXPECT_FALSE(matches.find(Matches::Key(1, 2, "6.50")).has_value());
  EXPECT_FALSE(matches.find(Matches::Key(1, 2, std::string_view("6.5\0", 4))).has_value());
  EXPECT_FALSE(matches.find(Matches::Key(1, 2, "")).has_value());
}

TEST(Matches, ALaterAnswerTakesThePlaceOfAnother) {
  Matches matches;
  for (int i = 0; i < 5000; ++i) matches.keep(Matches::Key(1, 2, std::to_string(i)), i % 3 == 0);
  int known = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto found = matches.find(Matches::Key(1, 2, std::to_string(i)));
    if (!found) continue;
    ++known;
    EXPECT_EQ(*found, i % 3 == 0) << i;
  }
  EXPECT_GT(known, 0);
  EXPECT_LT(known, 1000);
}

TEST(Matches, LongTextsAndLargeNumbersDoNotFit) {
  EXPECT_TRUE(Matches::fits(0, std::string(Matches::kLongest, 'x')));
  EXPECT_FALSE(Matches::fits(0, std::string(Matches::kLongest + 1, 'x')));
  EXPECT_FALSE(Matches::fits(1u << 24, "x"));
}

}  // namespace
}  // namespace yilian::mapping::test
