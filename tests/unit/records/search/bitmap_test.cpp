#include "engine/records/search/bitmap.h"

#include <limits>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace yilian::records {
namespace {

std::set<std::int64_t> members(const Bitmap& bitmap) {
  std::set<std::int64_t> out;
  bitmap.for_each(-1, [&](std::int64_t rid) { return out.insert(rid).second; });
  return out;
}

TEST(Bitmap, DoesWhatASetDoes) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Bitmap a, b;
    std::set<std::int64_t> sa, sb;
    for (int i = 0; i < 200; ++i) {
      const auto x = static_cast<std::int64_t>(random() % 1000), y = static_cast<std::int64_t>(random() % 1000);
      a.add(x);
      sa.insert(x);
      b.add(y);
      sb.insert(y);
    }
    a.finish();
    b.finish();
    ASSERT_EQ(members(a), sa);
    ASSERT_EQ(a.count(), static_cast<std::int64_t>(sa.size()));
    Bitmap both = a, without = a, either = a;
    both.intersect(b);
    without.subtract(b);
    either.unite(b);
    for (std::int64_t rid = 0; rid < 1000; ++rid) {
      ASSERT_EQ(a.contains(rid), sa.contains(rid));
      ASSERT_EQ(both.contains(rid), sa.contains(rid) && sb.contains(rid));
      ASSERT_EQ(without.contains(rid), sa.contains(rid) && !sb.contains(rid));
      ASSERT_EQ(either.contains(rid), sa.contains(rid) || sb.contains(rid));
    }
    a.keep_if([](std::int64_t rid) { return rid % 3 == 0; });
    std::erase_if(sa, [](std::int64_t rid) { return rid % 3 != 0; });
    ASSERT_EQ(members(a), sa);
    std::int64_t first = -1;
    a.for_each(500, [&](std::int64_t rid) {
      first = rid;
      return false;
    });
    ASSERT_EQ(first, sa.upper_bound(500) == sa.end() ? -1 : *sa.upper_bound(500));
  }
}

// Rids one by one and many at once, near each other and far apart.
TEST(Bitmap, ManyAtOnceAreWhatTheyAreOneByOne) {
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    Bitmap set;
    std::set<std::int64_t> expected;
    for (int part = 0; part < 5; ++part) {
      const std::int64_t from = round % 3 == 0 ? random() % 100 : round % 3 == 1 ? random() % 100'000 : random() % 1'000'000'000;
      if (random() % 2 == 0) {
        std::vector<std::uint32_t> rids;
        for (int i = 0; i < 50; ++i) rids.push_back(static_cast<std::uint32_t>(from * 64 % 4'000'000'000 + random() % (round % 2 == 0 ? 5000 : 200'000'000)));
        const auto [least, greatest] = std::minmax_element(rids.begin(), rids.end());
        set.add(rids, *least / 64, *greatest / 64);
        expected.insert(rids.begin(), rids.end());
      } else {
        std::vector<std::uint64_t> words(random() % 50);
        for (std::size_t i = 0; i < words.size(); ++i) {
          const int bit = static_cast<int>(random() % 64);
          words[i] = random() % 2 == 0 ? 0 : 1ULL << bit;
          if (words[i] != 0) expected.insert((from + static_cast<std::int64_t>(i)) * 64 + bit);
        }
        set.add(words, from);
      }
      const auto single = static_cast<std::int64_t>(random() % 10'000'000);
      set.add(single);
      expected.insert(single);
    }
    set.finish();
    ASSERT_EQ(members(set), expected);
    ASSERT_EQ(set.count(), static_cast<std::int64_t>(expected.size()));
  }
}

// Both ways of putting blocks in order give the same.
TEST(Bitmap, DenseAndSparseSetsAreFinishedAlike) {
  for (const std::int64_t stride : {1, 7, 100'000}) {
    Bitmap set;
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 200; i > 0; --i) {
      const std::int64_t rid = i * 64 * stride + i % 64;
      set.add(rid);
      set.add(rid);
      expected.insert(expected.begin(), rid);
    }
    set.finish();
    EXPECT_EQ(set.count(), 200) << stride;
    std::vector<std::int64_t> up, down;
    set.for_each(0, [&](std::int64_t rid) { return up.push_back(rid), true; });
    set.for_each_back(std::numeric_limits<std::int64_t>::max(), [&](std::int64_t rid) { return down.insert(down.begin(), rid), true; });
    EXPECT_EQ(up, expected) << stride;
    EXPECT_EQ(down, expected) << stride;
    EXPECT_TRUE(set.contains(expected[77]));
    EXPECT_FALSE(set.contains(expected[77] + 1));
  }
}

}  // namespace
}  // namespace yilian::records
