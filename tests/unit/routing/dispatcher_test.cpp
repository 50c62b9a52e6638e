#include "engine/routing/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/journal/journal.h"
#include "tests/unit/database/temporary.h"

namespace yilian::routing {
namespace {

using ::testing::SizeIs;

// A hospital with one destination, a folder.
class DispatcherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.file("out"));
    std::ofstream(folder_.file("county.yaml")) << "hospital: {code: county, name: County}\nfeeds:\n  - {name: his, mllp: {listen: \"127.0.0.1:2575\"}}\ndestinations:\n"
                                               << "  - {name: archive, file: {folder: \"" << folder_.file("out") << "\"}, retry: {first: 1ms, most: 100ms, attempts: 3}}\n";
    const auto root = config::read_text("mappings: " YILIAN_SOURCE_DIR "/mappings/hl7v2\nhospitals: " + folder_.file("county.yaml") + "\n", folder_.file("yilian.yaml"));
    ASSERT_TRUE(root);
    auto directory = Directory::load(*root);
    ASSERT_TRUE(directory) << directory.error().front().line();
    directory_ = *directory;
    auto opened = database::Database::open(folder_.file("store.db"), {journal::schema()});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
    write([&](database::Connection& writer) { destination_ = journal::destination_number(writer, "county", "archive"); });
  }
  template <class F>
  void write(F&& task) {
    ASSERT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      task(writer);
      return {};
    }));
  }
  // A message for the destination, of which nobody is told.
  std::int64_t message(std::int64_t key = 7) {
    std::int64_t number = 0;
    write([&](database::Connection& writer) {
      journal::Entry entry;
      entry.received = now();
      entry.hospital = "county";
      entry.feed = "his";
      entry.raw = "MSH|message";
      number = journal::append(writer, journal::prepare(std::move(entry)));
      journal::enqueue(writer, number, std::vector<journal::Target>{{destination_, key, 1}});
    });
    return number;
  }
  std::size_t files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder_.file("out"))) ++count;
    return count;
  }
  template <class F>
  bool in_time(F&& condition) {
    for (int i = 0; i < 6000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  journal::Delivery delivery(std::int64_t number) {
    return *database_->read([&](database::Connection& reader) { return journal::delivery(reader, number, destination_); });
  }

  testing::TemporaryFolder folder_;
  std::shared_ptr<const Directory> directory_;
  std::unique_ptr<database::Database> database_;
  std::int64_t destination_ = 0;
};

TEST_F(DispatcherTest, WhatIsLeftFromBeforeIsDelivered) {
  const std::int64_t first = message(), second = message(8);
  Dispatcher dispatcher(*database_);
  ASSERT_TRUE(dispatcher.start(directory_));
  EXPECT_TRUE(in_time([&] { return files() == 2; }));
  dispatcher.stop(std::chrono::seconds(5));
  EXPECT_EQ(delivery(first).fate, journal::Fate::delivered);
  EXPECT_EQ(delivery(second).attempts, 1);
}

TEST_F(DispatcherTest, AClockThatJumpedHoldsNothingUp) {
  const std::int64_t number = message();
  write([&](database::Connection& writer) {
    journal::Delivery failed;
    failed.number = number;
    failed.destination = destination_;
    failed.key = 7;
    failed.fate = journal::Fate::retrying;
    failed.attempts = 1;
    failed.next = now() + 365LL * 86'400 * 1'000'000;  // said by a clock that was a year ahead
    journal::record(writer, failed, journal::Fate::queued);
  });
  Dispatcher dispatcher(*database_);
  ASSERT_TRUE(dispatcher.start(directory_));
  EXPECT_TRUE(in_time([&] { return files() == 1; }));
  dispatcher.stop(std::chrono::seconds(5));
  EXPECT_EQ(delivery(number).fate, journal::Fate::delivered);
  EXPECT_EQ(delivery(number).attempts, 2);
}

TEST_F(DispatcherTest, ManyThatWaitArriveEachOnceAlsoAfterAPause) {
  constexpr std::int64_t kMany = 1500;
  write([&](database::Connection& writer) {
    for (std::int64_t i = 0; i < kMany; ++i) {
      journal::Entry entry;
      entry.raw = "MSH|" + std::to_string(i);
      const std::int64_t number = journal::append(writer, journal::prepare(std::move(entry)));
      journal::enqueue(writer, number, std::vector<journal::Target>{{destination_, i % 50, 1}});
    }
  });
  Dispatcher dispatcher(*database_);
  ASSERT_TRUE(dispatcher.start(directory_));
  EXPECT_TRUE(in_time([&] { return files() > 100; }));
  ASSERT_TRUE(dispatcher.pause("county/archive", true));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::size_t paused = files();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(files(), paused);
  ASSERT_TRUE(dispatcher.pause("county/archive", false));
  const auto delivered = [&] { return dispatcher.status()->front().by_fate[static_cast<std::size_t>(journal::Fate::delivered)]; };
  EXPECT_TRUE(in_time([&] { return delivered() == kMany; })) << delivered();
  EXPECT_EQ(files(), static_cast<std::size_t>(kMany));
}

TEST_F(DispatcherTest, WhatPeopleCannotDoIsTold) {
  Dispatcher dispatcher(*database_);
  ASSERT_TRUE(dispatcher.start(directory_));
  const std::int64_t number = message();
  dispatcher.committed(number, {{destination_, 7, 1}}, "MSH|message");
  EXPECT_TRUE(in_time([&] { return delivery(number).fate == journal::Fate::delivered; }));
  EXPECT_EQ(dispatcher.try_again("county/archive", number).error().code, Code::conflict);
  EXPECT_EQ(dispatcher.drop("county/archive", number).error().code, Code::conflict);
  EXPECT_EQ(dispatcher.drop("county/archive", 99).error().code, Code::not_found);
  EXPECT_EQ(dispatcher.pause("county/nowhere", true).error().code, Code::not_found);
  EXPECT_EQ(*dispatcher.try_all_again("county/archive"), 0);
}

}  // namespace
}  // namespace yilian::routing
