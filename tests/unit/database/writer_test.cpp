// What the writer does when a driver fails at the worst moment: a driver that is told when.

#include "engine/database/writer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/database/upkeep.h"

namespace yilian::database {
namespace {

// Keeps nothing; each commit does what the list says, the last entry for good.
class FailingConnection final : public Connection {
 public:
  explicit FailingConnection(std::vector<std::optional<Trouble>>& commits) : Connection(1), commits_(commits) {}
  void execute(std::string_view) override {}
  std::int64_t changes() const override { return 0; }

 private:
  std::unique_ptr<RawStatement> make(std::string_view, bool) override { return nullptr; }
  void begin() override { open_ = true; }
  void commit() override {
    const auto trouble = commits_.front();
    if (commits_.size() > 1) commits_.erase(commits_.begin());
    if (!trouble) {
      open_ = false;
      return;
    }
    if (*trouble == Trouble::away) open_ = false;
    throw StorageError(*trouble, "on purpose");
  }
  void roll_back() override { open_ = false; }
  bool in_transaction() const override { return open_; }
  void set_savepoint() override {}
  void undo_to_savepoint() override {}
  void release_savepoint() override {}
  bool begin_snapshot() override { return true; }
  void end_snapshot() override {}

  std::vector<std::optional<Trouble>>& commits_;
  bool open_ = false;
};

class NoDriver final : public Driver {
 public:
  Result<std::unique_ptr<Connection>> open_writer(const std::vector<Schema>&) override { return nullptr; }
  std::unique_ptr<Connection> open_reader() override { return nullptr; }
  Result<std::vector<PartVersion>> rehearse(const std::vector<Schema>&) override { return {}; }
  Result<void> back_up(const std::string&) override { return {}; }
  Result<void> make_anew(const std::string&, const std::vector<Schema>&, const std::vector<std::string_view>&,
                         const std::function<Result<void>(const std::string&)>&) override {
    return {};
  }
};

class WriterTest : public ::testing::Test {
 protected:
  // How often each of three tasks ran, the second of which fails if `one_fails`, and what they were told.
  void run(std::vector<std::optional<Trouble>> commits, bool one_fails) {
    NoDriver driver;
    Upkeep upkeep({}, {});
    Writer writer(std::make_unique<FailingConnection>(commits), driver, upkeep, {});
    std::promise<void> begun, go;
    auto gone = go.get_future();
    // Holds the writer until all are queued, so that they share a batch; its own commit goes well.
    ASSERT_TRUE(writer.submit(
        [&](Connection&) -> Result<void> {
          begun.set_value();
          gone.wait();
          return {};
        },
        nullptr, 0));
    begun.get_future().wait();
    for (std::size_t i = 0; i < 3; ++i) {
      ASSERT_TRUE(writer.submit(
          [this, i, one_fails](Connection&) -> Result<void> {
            ++ran_[i];
            if (one_fails && i == 1) return fail(Code::conflict, "its own fault");
            return {};
          },
          [this, i](Result<void> told) { told_[i] = std::move(told); }, 0));
    }
    go.set_value();
    writer.close();
  }

  int ran_[3] = {0, 0, 0};
  Result<void> told_[3];
};

TEST_F(WriterTest, ACommitThatMayHaveBeenDoneIsNotDoneAgain) {
  run({std::nullopt, Trouble::unknown, std::nullopt}, false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ran_[i], 1);
    ASSERT_FALSE(told_[i]);
    EXPECT_EQ(told_[i].error().code, Code::storage);
  }
}

TEST_F(WriterTest, NorThatOfABatchWithOneThatFailed) {
  run({std::nullopt, Trouble::unknown, std::nullopt}, true);
  EXPECT_EQ(ran_[0], 2);  // together with the one that failed, which was rolled back; then apart
  EXPECT_EQ(ran_[2], 1);
  ASSERT_FALSE(told_[0]);
  EXPECT_EQ(told_[0].error().code, Code::storage);
  ASSERT_FALSE(told_[1]);
  EXPECT_EQ(told_[1].error().code, Code::conflict);
  EXPECT_FALSE(told_[2]);
}

TEST_F(WriterTest, AServerThatWasAwayForAMomentIsAskedOnceMore) {
  run({std::nullopt, Trouble::away, std::nullopt}, false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ran_[i], 2);
    EXPECT_TRUE(told_[i]);
  }
}

TEST_F(WriterTest, AServerThatStaysAwayIsNotAskedForEachTask) {
  run({std::nullopt, Trouble::away}, false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ran_[i], 2);
    ASSERT_FALSE(told_[i]);
    EXPECT_EQ(told_[i].error().code, Code::busy);
  }
}

TEST_F(WriterTest, WhatDoesNotFitTogetherIsTriedAlone) {
  run({std::nullopt, Trouble::full, Trouble::full, std::nullopt}, false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ran_[i], 3);
    EXPECT_TRUE(told_[i]);
  }
}

}  // namespace
}  // namespace yilian::database
