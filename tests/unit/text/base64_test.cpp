#include "engine/text/base64.h"

#include <gtest/gtest.h>

namespace yilian::text {
namespace {

// RFC 4648, 10.
TEST(Base64, TheVectorsOfTheStandard) {
  for (const auto& [bytes, text] : {std::pair("", ""),
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, AllBytesComeBackInBothAlphabets) {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
    EXPECT_EQ(from_base64(to_base64(all)), all) << i;
    EXPECT_EQ(from_base64(to_base64(all, Base64::url), Base64::url), all) << i;
    EXPECT_EQ(from_base64(to_base64(all, Base64::url, false), Base64::url), all) << i;
  }
}

TEST(Base64, WhatIsNone) {
  EXPECT_EQ(from_base64("QU\nI="), "AB");
  for (const char* text : {"Q", "QQ", "QQ=", "Q===", "QQ==QQ==", "====", "Q*==", "Q=Q=", "Zg=", "-_8="})
    EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_EQ(from_base64("QQ", Base64::url), "A");
  for (const char* text : {"Q", "QQ=", "+/8="}) EXPECT_FALSE(from_base64(text, Base64::url)) << text;
}

}  // namespace
}  // namespace yilian::text
