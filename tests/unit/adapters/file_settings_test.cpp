#include "adapters/file/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/file/adapter.h"

namespace yilian::file {
namespace {

config::Node yaml(const std::string& text) { return *config::read_text(text, "feed.yaml"); }

TEST(FileSettings, DefaultsAndAllOfThem) {
  const auto plain = source_settings(yaml("folder: in\n"));
  ASSERT_TRUE(plain) << plain.error().line();
  EXPECT_THAT(plain->suffixes, ::testing::ElementsAre(".hl7"));
  EXPECT_EQ(plain->order, Order::name);
  const auto all = source_settings(
      yaml("folder: in\nsuffixes: [.hl7, .txt]\norder: time\nmax-file: 1MB\npoll: 1s\nsettle: 200ms\n"));
  ASSERT_TRUE(all) << all.error().line();
  EXPECT_EQ(all->suffixes.size(), 2u);
  EXPECT_EQ(all->order, Order::time);
  EXPECT_EQ(all->max_file, 1u << 20);
  EXPECT_EQ(all->settle, std::chrono::milliseconds(200));
  EXPECT_EQ(destination_settings(yaml("folder: out\nsuffix: .txt\n"))->suffix, ".txt");
}

TEST(FileSettings, WrongOnesAreNamedWithTheirLine) {
  for (const char* text : {"poll: 1s\n", "folder: ''\n", "folder: in\norder: size\n", "folder: in\nsuffixes: [hl7]\n",
                           "folder: in\nsuffixes: []\n", "folder: in\nmax-file: 0\n", "folder: in\nfolders: x\n",
                           "folder: in\nsuffix: a/b\n", "folder: in\npoll: 5\n"}) {
    const auto read = adapter().check_source(yaml(text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::bad_config) << text;
    EXPECT_THAT(read.error().where, ::testing::StartsWith("feed.yaml:")) << text;
  }
}

}  // namespace
}  // namespace yilian::file
