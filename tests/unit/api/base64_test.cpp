#include "engine/api/base64.h"

#include <gtest/gtest.h>

namespace yilian::api {
namespace {

// RFC 4648, 10.
TEST(Base64, TheVectorsOfTheStandard) {
  for (const auto& [bytes, text] : {std::pair("", ""), {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64_of(bytes), text);
    EXPECT_EQ(bytes_of_base64(text), bytes);
  }
}

TEST(Base64, AllBytesComeBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
    EXPECT_EQ(bytes_of_base64(base64_of(all)), all) << i;
  }
  EXPECT_FALSE(bytes_of_base64("Zg="));
  EXPECT_FALSE(bytes_of_base64("Z*=="));
}

}  // namespace
}  // namespace yilian::api
