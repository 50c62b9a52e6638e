// The index under load, held against a map: what is found must be right at each moment between folds and merges.

#include <map>
#include <random>
#include <thread>

#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/index/upkeep.h"
#include "engine/records/search/scan.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

using Model = std::map<std::string, std::uint64_t>;  // whole key -> bits

class IndexTest : public StoreFixture {
 protected:
  std::mt19937_64 random_{11};
  Model model_;
  std::map<std::int64_t, std::int64_t> resources_;  // key -> rid
  std::map<std::int64_t, std::uint64_t> taken_from_;  // by block: resources from which a row was ever removed
  std::int64_t next_rid_ = 1;

  std::string some_row() {
    std::string row = number_key(2 + static_cast<std::uint32_t>(random_() % 3), static_cast<std::int64_t>(random_() % 40) - 20);
    append_extra(row, static_cast<std::int64_t>(random_() % 2));
    return row;
  }

  // So many rows of new and old resources in one commit; `fails`: the task gives up after it wrote.
  void commit(int rows, bool fails = false) {
    const Model before = fails ? model_ : Model();
    const auto resources_before = resources_;
    const std::int64_t rid_before = next_rid_;
    // Chosen before the task runs, which may be more than once.
    struct Step {
      std::int64_t rid;
      std::string row;
      bool removes, comes;
    };
    std::vector<Step> steps;
    for (int i = 0; i < rows; ++i) {
      const bool comes = random_() % 3 == 0;
      const std::int64_t of =
          comes ? next_rid_++ : static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(next_rid_));
      steps.push_back({of, some_row(), random_() % 4 == 0, comes});
      std::string key = steps.back().row;
      append_block(key, of >> 6);
      if (steps.back().removes) taken_from_[of >> 6] |= 1ULL << (of & 63);
      if (!steps.back().removes) {
        model_[key] |= 1ULL << (of & 63);
      } else if (const auto found = model_.find(key); found != model_.end()) {
        found->second &= ~(1ULL << (of & 63));
        if (found->second == 0) model_.erase(found);
      }
      if (!comes) continue;
      resources_[of * 7919] = of;
      std::string named = number_key(kResources, of * 7919);
      append_extra(named, 0);
      append_block(named, of >> 6);
      model_[named] |= 1ULL << (of & 63);
    }
    const auto wrote = database_->write([&](database::Connection& writer) -> Result<void> {
      auto& index = writer.deferred<Index>();
      for (const Step& step : steps) {
        if (step.comes) index.add_resource(writer, step.rid, step.rid * 7919);
        if (step.removes) {
          index.changes().remove(step.rid, step.row);
        } else {
          index.changes().add(step.rid, step.row);
        }
      }
      writer.flush_deferred();
      if (fails) return fail(Code::conflict, "not this one", "test");
      return {};
    });
    ASSERT_EQ(wrote.has_value(), !fails);
    if (!fails) return;
    model_ = before;
    resources_ = resources_before;
    next_rid_ = rid_before;
  }

  void expect_all() {
    database_->read([&](database::Connection& reader) {
      Model found;
      for (IndexCursor at(reader, {}, {}); at.there(); at.next()) found.emplace(at.key(), at.bits().set);
      EXPECT_EQ(found, model_);
      auto expected = model_.rbegin();
      for (IndexCursor at(reader, {}, {}, Order::descending); at.there(); at.next(), ++expected) {
        EXPECT_NE(expected, model_.rend());
        if (expected == model_.rend() || at.key() != expected->first) break;
      }
      EXPECT_EQ(expected, model_.rend());
      for (int i = 0; i < 20; ++i) expect_range(reader);
      for (int i = 0; i < 40; ++i) {
        const auto rid = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(next_rid_ + 5));
        const auto there = reader.deferred<Index>().resources_of(reader, rid * 7919);
        EXPECT_EQ(there, resources_.contains(rid * 7919) ? std::vector{rid} : std::vector<std::int64_t>());
      }
      return 0;
    });
  }

  void expect_range(database::Connection& reader) {
    std::string low = some_row(), high = some_row(), to = some_row();
    if (high < low) std::swap(low, high);
    if (to < low) std::swap(low, to);
    IndexCursor at(reader, low, high);
    auto expected = model_.lower_bound(low);
    for (int steps = static_cast<int>(random_() % 50); steps > 0 && at.there(); --steps, ++expected) {
      ASSERT_EQ(at.key(), expected->first);
      at.next();
    }
    at.seek(to);
    if (expected != model_.end() && expected->first < to) expected = model_.lower_bound(to);
    const bool there = expected != model_.end() && expected->first < high;
    ASSERT_EQ(at.there(), there);
    if (there) { ASSERT_EQ(at.key(), expected->first); }
    IndexCursor down(reader, low, high, Order::descending);
    auto last = model_.lower_bound(high);
    const bool any = last != model_.lower_bound(low);
    ASSERT_EQ(down.there(), any);
    if (any) { ASSERT_EQ(down.key(), std::prev(last)->first); }
    expect_set(reader, {low, high, {}});
    const auto extra = static_cast<std::int64_t>(random_() % 2);
    expect_set(reader, {low, high, [extra](std::string_view key) { return extra_of_number(key) == extra; }, kParameterBytes + kNumberBytes});
  }

  // What whole pieces say together is what their entries say one by one. Of what was taken back the resources themselves
  // decide, and here are none: of those the walk alone tells.
  void expect_set(database::Connection& reader, const Stretch& stretch) {
    std::map<std::int64_t, std::uint64_t> expected;
    for (auto at = model_.lower_bound(stretch.low); at != model_.end() && (stretch.high.empty() || at->first < stretch.high); ++at) {
      if (!stretch.accept || stretch.accept(at->first)) expected[block_of(at->first)] |= at->second;
    }
    std::map<std::int64_t, std::uint64_t> found;
    const Bitmap set = scan(reader, stretch);
    for (const Bitmap::Block& block : set.blocks()) ASSERT_TRUE(found.emplace(block.block, block.bits).second);
    for (const auto& [block, bits] : taken_from_) {
      for (auto* side : {&found, &expected}) {
        if (const auto at = side->find(block); at != side->end() && (at->second &= ~bits) == 0) side->erase(at);
      }
    }
    ASSERT_EQ(found, expected);
  }

  void reopen() {
    database_.reset();
    SetUp();
  }
};

// The database's own thread keeps the index while it is written and read.
TEST_F(IndexTest, IsRightBetweenFoldsAndMerges) {
  std::int64_t deepest = 0;
  for (int i = 0; i < 160; ++i) {
    commit(i % 10 == 0 ? 8000 : 20, i % 17 == 3);
    if (i % 20 == 0) expect_all();
    if (i % 90 == 50) {
      reopen();
      expect_all();
    }
    deepest = std::max(deepest, number("SELECT max(level) FROM index_run"));
  }
  EXPECT_GE(deepest, 1) << "nothing was folded";
}

class KeptByHand : public IndexTest {
 protected:
  void SetUp() override { open_to_be_kept_by_hand(); }
};

// Nothing is ever cleared, the keys of some pieces have one extra and of others several, and runs are long and short.
TEST_F(KeptByHand, PiecesTogetherSayWhatTheirKeysSay) {
  const std::atomic<bool> closing{false};
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      auto& changes = writer.deferred<Index>().changes();
      for (std::int64_t rid = i * 2300; rid < (i + 1) * 2300; ++rid) {
        for (std::int64_t value = 0; value < 20; ++value) {
          std::string row = number_key(2, value * 100 + rid % 100);
          append_extra(row, value < 10 ? 1 : rid / 64 % 2);
          changes.add(rid, row);
          append_block(row, rid >> 6);
          model_[row] |= 1ULL << (rid & 63);
        }
      }
      return {};
    }));
    while (keep_index(*database_, false, closing)) {
    }
  }
  for (const bool merged : {false, true}) {
    database_->read([&](database::Connection& reader) {
      const auto& runs = reader.deferred<Index>().runs(reader);
      EXPECT_EQ(runs.size(), merged ? 1U : 2U);
      EXPECT_GT(runs.front().pieces->size(), 70U);  // unions of 64
      for (int i = 0; i < 20; ++i) {
        const auto value = [&] { return static_cast<std::int64_t>(random_() % 2000); };
        std::string low = number_key(2, value()), high = number_key(2, value());
        if (high < low) std::swap(low, high);
        expect_set(reader, {low, i % 3 == 0 ? std::string() : high, {}});
        const std::int64_t extra = i % 2;
        expect_set(reader, {low, high, [extra](std::string_view key) { return extra_of_number(key) == extra; }, kParameterBytes + kNumberBytes});
        expect_set(reader, {low, high, [](std::string_view key) { return number_of(key) % 3 == 0; }});
      }
      return 0;
    });
    while (keep_index(*database_, true, closing)) {
    }
  }
}

TEST_F(KeptByHand, ManySmallRunsBecomeOne) {
  const std::atomic<bool> closing{false};
  for (int i = 0; i < 9; ++i) {
    commit(50'000);
    while (keep_index(*database_, false, closing)) {
    }
  }
  EXPECT_EQ(number("SELECT max(level) FROM index_run"), 2);
  EXPECT_LE(number("SELECT count(*) FROM index_run"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM index_piece WHERE run NOT IN (SELECT run FROM index_run)"), 0);
  expect_all();
}

TEST_F(KeptByHand, WhatAnInterruptedMergeLeftIsRemoved) {
  commit(100);
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    writer.prepare("INSERT INTO index_piece(run, first, entries) VALUES(?1, ?2, ?3)")
        .bind(1, 77777)
        .bind_blob(2, "a")
        .bind_blob(3, "b")
        .run();
    return {};
  }));
  const std::atomic<bool> closing{false};
  while (keep_index(*database_, false, closing)) {
  }
  EXPECT_EQ(number("SELECT count(*) FROM index_piece WHERE run = 77777"), 0);
  expect_all();
}

// Else each reader would have to sort all that comes meanwhile.
TEST_F(KeptByHand, WhatComesDuringALargeMergeIsFolded) {
  constexpr int kRows = 100'000;  // more than wait unfolded
  const auto commit_many = [&] {
    ASSERT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      auto& changes = writer.deferred<Index>().changes();
      for (int i = 0; i < kRows; ++i) {
        std::string row = number_key(2, static_cast<std::int64_t>(random_()));
        append_extra(row, 0);
        changes.add(1 + i % 1000, row);
      }
      return {};
    }));
  };
  const std::atomic<bool> closing{false};
  for (int run = 0; run < 8; ++run) {
    commit_many();
    ASSERT_TRUE(keep_index(*database_, false, closing));
  }
  ASSERT_EQ(number("SELECT count(*) FROM index_run WHERE level = 1"), 8);
  std::atomic<bool> merging{true};
  std::thread merge([&] {
    keep_index(*database_, false, closing);
    merging = false;
  });
  while (merging && number("SELECT count(*) FROM index_piece WHERE run NOT IN (SELECT run FROM index_run)") == 0) {
  }
  commit_many();
  const bool in_time = merging;
  merge.join();
  EXPECT_EQ(number("SELECT count(*) FROM index_run WHERE level = 2"), 1);
  if (!in_time) GTEST_SKIP() << "it was merged before anything came";
  EXPECT_EQ(number("SELECT count(*) FROM index_run WHERE level = 1"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM index_change"), 0);
  std::int64_t entries = 0;
  database_->read([&](database::Connection& reader) {
    for (IndexCursor at(reader, {}, {}); at.there(); at.next()) ++entries;
    return 0;
  });
  EXPECT_EQ(entries, 9 * kRows);
}

}  // namespace
}  // namespace yilian::records
