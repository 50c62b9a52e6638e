#include "adapters/mllp/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/mllp/adapter.h"

namespace yilian::mllp {
namespace {

using std::chrono::milliseconds;

config::Node yaml(const std::string& text) { return *config::read_text(text, "feed.yaml"); }

TEST(MllpSettings, DefaultsAndAllOfThem) {
  const auto plain = source_settings(yaml("listen: 127.0.0.1:2575\n"));
  ASSERT_TRUE(plain) << plain.error().line();
  EXPECT_EQ(plain->max_message, 64u << 20);
  EXPECT_EQ(plain->quiet_after_fs, milliseconds(300));
  EXPECT_FALSE(plain->idle_timeout);
  const auto all =
      source_settings(yaml("listen: '[::1]:0'\nmax-message: 1MB\nconnections: 3\nidle-timeout: 5m\nframe-timeout: "
                           "2s\nquiet-after-fs: 50ms\nallow: [10.0.0.0/8, '::1']\n"));
  ASSERT_TRUE(all) << all.error().line();
  EXPECT_EQ(all->listen.host, "::1");
  EXPECT_EQ(all->max_message, 1u << 20);
  EXPECT_EQ(all->connections, 3u);
  EXPECT_EQ(all->idle_timeout, milliseconds(300'000));
  EXPECT_EQ(all->frame_timeout, milliseconds(2'000));
  EXPECT_TRUE(all->allow.contains("10.9.9.9"));
}

TEST(MllpSettings, WrongOnesAreNamedWithTheirLine) {
  for (const char* text :
       {"max-message: 1MB\n", "listen: 2575\n", "listen: a:b\n", "listen: 127.0.0.1:1\nconnections: 0\n",
        "listen: 127.0.0.1:1\nmax-message: 12\n", "listen: 127.0.0.1:1\nallow: [nobody]\n",
        "listen: 127.0.0.1:1\nlisten-on: x\n", "listen: 127.0.0.1:1\nquiet-after-fs: 3\n"}) {
    const auto read = adapter().check_source(yaml(text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::bad_config) << text;
    EXPECT_THAT(read.error().where, ::testing::StartsWith("feed.yaml:")) << text;
  }
}

TEST(MllpSettings, Destination) {
  const auto read = destination_settings(yaml("connect: lis.example:2575\nanswer-timeout: 3s\n"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->connect.text(), "lis.example:2575");
  EXPECT_EQ(read->answer_timeout, milliseconds(3'000));
  EXPECT_TRUE(adapter().check_destination(yaml("connect: a:1\n")));
  EXPECT_FALSE(adapter().check_destination(yaml("connect: a:0\n")));
  EXPECT_FALSE(adapter().check_destination(yaml("connect: a:1\nallow: ['::1']\n")));
}

}  // namespace
}  // namespace yilian::mllp
