#include "engine/records/clock.h"

#include <gtest/gtest.h>

namespace yilian::records {
namespace {

TEST(Clock, IsReadAsItWasWritten) {
  Clock clock;
  clock.base = {2, 1'700'000'000'000'000};
  clock.first = clock.base.time;
  EXPECT_EQ(encode(clock).size(), 10U);
  EXPECT_EQ(decode(encode(clock)), clock);
  clock.first -= 5;
  EXPECT_EQ(decode(encode(clock)), clock);
  clock.elements = {{"period.end", {3, 5}, true}, {"status", {1, -7}, false}};
  clock.items = {{"identifier", -1, {2, 3}, 4, 5}};
  EXPECT_EQ(decode(encode(clock)), clock);
}

TEST(Clock, DamagedBytesAreNoClock) {
  Clock clock;
  clock.elements = {{"period.end", {3, 5}, true}};
  clock.items = {{"identifier", -1, {2, 3}, 4, 5}};
  const std::string bytes = encode(clock);
  EXPECT_FALSE(decode(""));
  EXPECT_FALSE(decode("x"));
  int readable = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) readable += decode(bytes.substr(0, size)) ? 1 : 0;
  EXPECT_LE(readable, 2);  // the base alone, and all but the items, are whole
}

TEST(Clock, RankBeatsTime) {
  EXPECT_LT((Stamp{1, 900}), (Stamp{2, 100}));
  EXPECT_LT((Stamp{2, 100}), (Stamp{2, 101}));
}

}  // namespace
}  // namespace yilian::records
