#include "adapters/file/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "tests/unit/adapters/recorder.h"
#include "tests/unit/adapters/temporary_folder.h"

namespace yilian::file {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::yilian::testing::Recorder;
using ::yilian::testing::TemporaryFolder;

class FileSourceTest : public ::testing::Test {
 protected:
  FileSourceTest() {
    settings_.folder = folder_.path();
    settings_.settle = milliseconds(100);
    settings_.poll = milliseconds(200);
  }
  void watch() {
    source_ = make_source(settings_);
    const auto started = source_->start(intake_);
    ASSERT_TRUE(started) << started.error().line();
  }
  template <class Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
  bool wait_for(const std::string& name) {
    return eventually([&] { return folder_.has(name); });
  }

  TemporaryFolder folder_;
  SourceSettings settings_;
  Recorder intake_;
  std::unique_ptr<sdk::Source> source_;
};

TEST_F(FileSourceTest, FileIsTakenAndMovedToDone) {
  watch();
  folder_.write("a.hl7", "MSH|1\r");
  EXPECT_TRUE(wait_for("done/a.hl7"));
  EXPECT_FALSE(folder_.has("a.hl7"));
  EXPECT_THAT(intake_.taken(), ElementsAre("MSH|1\r"));
  EXPECT_THAT(intake_.peers(), ElementsAre("a.hl7"));
  EXPECT_EQ(folder_.read("done/a.hl7"), "MSH|1\r");
}

TEST_F(FileSourceTest, FinishedFileIsTakenWithoutWaitingForTheQuietTime) {
  settings_.settle = settings_.poll = seconds(60);
  watch();
  std::this_thread::sleep_for(milliseconds(100));
  folder_.write("a.hl7", "MSH|1\r");
  EXPECT_TRUE(wait_for("done/a.hl7"));
  folder_.write("b.tmp", "MSH|2\r");
  fs::rename(folder_.path("b.tmp"), folder_.path("b.hl7"));
  EXPECT_TRUE(wait_for("done/b.hl7"));
}

TEST_F(FileSourceTest, FilesThatWereThereBeforeAreTakenInOrderOfName) {
  for (const char* name : {"c.hl7", "a.HL7", "b.hl7"}) folder_.write(name, name);
  watch();
  EXPECT_TRUE(wait_for("done/c.hl7"));
  EXPECT_THAT(intake_.taken(), ElementsAre("a.HL7", "b.hl7", "c.hl7"));
}

TEST_F(FileSourceTest, OrOfTime) {
  settings_.order = Order::time;
  const auto now = fs::file_time_type::clock::now();
  int age = 30;
  for (const char* name : {"c.hl7", "a.hl7", "b.hl7"}) {
    folder_.write(name, name);
    fs::last_write_time(folder_.path(name), now - seconds(age--));
  }
  watch();
  EXPECT_TRUE(eventually([&] { return intake_.taken().size() == 3; }));
  EXPECT_THAT(intake_.taken(), ElementsAre("c.hl7", "a.hl7", "b.hl7"));
}

TEST_F(FileSourceTest, FileThatIsStillWrittenIsLeftAloneAndNotOvertaken) {
  settings_.settle = milliseconds(600);
  watch();
  std::ofstream slow(folder_.path("a.hl7"), std::ios::binary);
  folder_.write("b.hl7", "second");
  for (int i = 0; i < 10; ++i) {
    slow << "part" << i << std::flush;
    std::this_thread::sleep_for(milliseconds(100));
    EXPECT_THAT(intake_.taken(), IsEmpty());
  }
  slow.close();
  EXPECT_TRUE(wait_for("done/b.hl7"));
  EXPECT_THAT(intake_.taken(), ElementsAre("part0part1part2part3part4part5part6part7part8part9", "second"));
}

TEST_F(FileSourceTest, RefusedFileGoesToFailedWithItsReason) {
  intake_.answer([](const sdk::Incoming&) { return sdk::Answer{false, {}, "PID-3: missing"}; });
  watch();
  folder_.write("a.hl7", "MSH|1\r");
  EXPECT_TRUE(wait_for("failed/a.hl7.error"));
  EXPECT_EQ(folder_.read("failed/a.hl7"), "MSH|1\r");
  EXPECT_THAT(folder_.read("failed/a.hl7.error"), HasSubstr("a.hl7: PID-3: missing"));
}

TEST_F(FileSourceTest, SameNameIsNeverOverwritten) {
  watch();
  for (int i = 0; i < 3; ++i) {
    folder_.write("a.hl7", "MSH|" + std::to_string(i));
    ASSERT_TRUE(wait_for(i == 0 ? "done/a.hl7" : "done/a.hl7." + std::to_string(i)));
  }
  EXPECT_EQ(folder_.read("done/a.hl7"), "MSH|0");
  EXPECT_EQ(folder_.read("done/a.hl7.1"), "MSH|1");
  EXPECT_EQ(folder_.read("done/a.hl7.2"), "MSH|2");
}

TEST_F(FileSourceTest, FileStaysUntilItsAnswer) {
  intake_.hold();
  watch();
  folder_.write("a.hl7", "1");
  folder_.write("b.hl7", "2");
  ASSERT_TRUE(intake_.wait_taken(1));
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_TRUE(folder_.has("a.hl7"));
  EXPECT_THAT(intake_.taken(), ElementsAre("1"));
  intake_.release();
  EXPECT_TRUE(wait_for("done/a.hl7"));
  ASSERT_TRUE(intake_.wait_taken(2));
  intake_.release();
  EXPECT_TRUE(wait_for("done/b.hl7"));
}

TEST_F(FileSourceTest, StoppedBeforeTheAnswerItIsTakenAgain) {
  intake_.hold();
  folder_.write("a.hl7", "1");
  watch();
  ASSERT_TRUE(intake_.wait_taken(1));
  const auto start = std::chrono::steady_clock::now();
  source_->stop(milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
  source_.reset();
  EXPECT_TRUE(folder_.has("a.hl7"));
  EXPECT_TRUE(intake_.release());  // late: harms nothing
  intake_.hold(false);
  watch();
  EXPECT_TRUE(wait_for("done/a.hl7"));
  EXPECT_THAT(intake_.taken(), ElementsAre("1", "1"));
}

TEST_F(FileSourceTest, StopLetsTheFileUnderWayBeAnswered) {
  intake_.hold();
  folder_.write("a.hl7", "1");
  watch();
  ASSERT_TRUE(intake_.wait_taken(1));
  std::thread stopper([&] { source_->stop(seconds(5)); });
  std::this_thread::sleep_for(milliseconds(50));
  intake_.release();
  stopper.join();
  EXPECT_TRUE(folder_.has("done/a.hl7"));
}

TEST_F(FileSourceTest, OverTheLimitAndEmptyAreNoise) {
  settings_.max_file = 100'000;
  watch();
  folder_.write("large.hl7", std::string(200'000, 'x'));
  EXPECT_TRUE(wait_for("failed/large.hl7.error"));
  folder_.write("empty.hl7", "");
  EXPECT_TRUE(wait_for("failed/empty.hl7.error"));
  EXPECT_THAT(intake_.taken(), IsEmpty());
  const auto noises = intake_.noises();
  ASSERT_EQ(noises.size(), 2u);
  EXPECT_EQ(noises[0].code, Code::too_large);
  EXPECT_EQ(noises[0].size, 200'000u);
  EXPECT_EQ(noises[0].bytes.size(), 65536u);
  EXPECT_EQ(noises[0].peer, "large.hl7");
  EXPECT_EQ(fs::file_size(folder_.path("failed/large.hl7")), 200'000u);
  EXPECT_THAT(folder_.read("failed/large.hl7.error"), HasSubstr("max-file"));
}

TEST_F(FileSourceTest, LinksFoldersAndOtherNamesAreLeftAlone) {
  TemporaryFolder elsewhere;
  elsewhere.write("secret.hl7", "secret");
  fs::create_symlink(elsewhere.path("secret.hl7"), folder_.path("a-link.hl7"));
  fs::create_directory(folder_.path("b-folder.hl7"));
  folder_.write("c.txt", "no");
  folder_.write(".d.hl7", "hidden");
  folder_.write("z.hl7", "yes");
  watch();
  EXPECT_TRUE(wait_for("done/z.hl7"));
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_THAT(intake_.taken(), ElementsAre("yes"));
  EXPECT_THAT(folder_.names(), ElementsAre(".d.hl7", "a-link.hl7", "b-folder.hl7", "c.txt", "done", "failed"));
}

TEST_F(FileSourceTest, FolderThatGoesAndComesBackIsWatchedAgain) {
  watch();
  folder_.write("a.hl7", "1");
  ASSERT_TRUE(wait_for("done/a.hl7"));
  fs::rename(folder_.path(), folder_.path() + "-away");
  std::this_thread::sleep_for(milliseconds(300));
  fs::create_directory(folder_.path());
  folder_.write("b.hl7", "2");
  EXPECT_TRUE(wait_for("done/b.hl7"));
  fs::remove_all(folder_.path() + "-away");
}

TEST_F(FileSourceTest, MissingFolderIsAnErrorAtTheStart) {
  settings_.folder = folder_.path("missing");
  const auto started = make_source(settings_)->start(intake_);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::bad_config);
}

TEST_F(FileSourceTest, ManyFiles) {
  for (int i = 0; i < 500; ++i) folder_.write(std::to_string(1000 + i) + ".hl7", std::to_string(i));
  watch();
  EXPECT_TRUE(wait_for("done/1499.hl7"));
  const auto taken = intake_.taken();
  ASSERT_EQ(taken.size(), 500u);
  for (std::size_t i = 0; i < taken.size(); ++i) EXPECT_EQ(taken[i], std::to_string(i));
}

}  // namespace
}  // namespace yilian::file
