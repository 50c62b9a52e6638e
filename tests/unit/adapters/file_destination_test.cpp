#include "adapters/file/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/adapters/temporary_folder.h"

namespace yilian::file {
namespace {

using ::yilian::testing::TemporaryFolder;
using Outcome = sdk::Delivery::Outcome;

TEST(FileDestination, EachMessageIsAFileAndNamesAreInOrder) {
  TemporaryFolder folder;
  auto destination = make_destination({folder.path(), ".txt"});
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) {
    const auto delivery = destination->send({"MSH|" + std::to_string(i)});
    ASSERT_EQ(delivery.outcome, Outcome::delivered) << delivery.issue.line();
    names.push_back(delivery.answer);
  }
  EXPECT_EQ(folder.names(), names);  // nothing else, and sorted
  EXPECT_TRUE(names[0].ends_with("Z.txt")) << names[0];
  EXPECT_EQ(folder.read(names[7]), "MSH|7");
}

TEST(FileDestination, TwoWritersNeverOverwriteEachOther) {
  TemporaryFolder folder;
  auto first = make_destination({folder.path(), ".hl7"});
  auto second = make_destination({folder.path(), ".hl7"});
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(first->send({"1"}).outcome, Outcome::delivered);
    ASSERT_EQ(second->send({"2"}).outcome, Outcome::delivered);
  }
  EXPECT_EQ(folder.names().size(), 100u);
}

TEST(FileDestination, MissingFolderIsTold) {
  TemporaryFolder folder;
  const auto delivery = make_destination({folder.path("missing"), ".hl7"})->send({"x"});
  EXPECT_EQ(delivery.outcome, Outcome::unreached);
  EXPECT_EQ(delivery.issue.code, Code::bad_config);
}

}  // namespace
}  // namespace yilian::file
