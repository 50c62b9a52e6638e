#include "engine/text/utf8.h"

#include <gtest/gtest.h>

#include "engine/text/encoding.h"

namespace yilian::text {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

TEST(Utf8, TakesEveryCharacterAndNoSurrogate) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    std::string bytes;
    append_character(bytes, c);
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(valid_utf8(bytes), !surrogate) << std::hex << static_cast<unsigned>(c);
    if (surrogate) continue;
    std::size_t at = 0;
    ASSERT_EQ(next_character(bytes, at), c);
    ASSERT_EQ(at, bytes.size());
  }
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  for (std::string_view bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE4\xB8", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFF", "\xFE",
        "\xC2\x41", "\xE4\x41\xB8", "\xE4\xB8\x41"}) {
    EXPECT_EQ(invalid_utf8_at(bad), 0U);
  }
}

// The fast path takes 16, then 8, then single bytes: a bad byte must be seen at every alignment.
TEST(Utf8, FindsABadByteAtEveryPlace) {
  for (std::size_t size = 1; size < 70; ++size) {
    const std::string ascii(size, 'x');
    EXPECT_TRUE(is_ascii(ascii));
    EXPECT_EQ(invalid_utf8_at(ascii), kNone);
    for (std::size_t at = 0; at < size; ++at) {
      std::string text = ascii;
      text[at] = '\xFF';
      ASSERT_EQ(invalid_utf8_at(text), at) << size;
      ASSERT_FALSE(is_ascii(text));
      text = ascii.substr(0, at) + "张" + ascii.substr(at);
      ASSERT_EQ(invalid_utf8_at(text), kNone);
      ASSERT_EQ(invalid_utf8_at(text.substr(0, at + 2)), at);
    }
  }
}

TEST(Utf8, AWalkNeverGivesASurrogateOrMoreThanUnicodeHolds) {
  for (std::string_view bytes : {"\xED\xBB\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80"}) {
    for (std::size_t at = 0; at < bytes.size();) EXPECT_LE(next_character(bytes, at), 0xFFU);
  }
}

TEST(Utf8, AWalkOverAnyBytesEnds) {
  const std::string bytes = "a\xE5\xBC\xFF\xF0\x9F\xC3";
  std::size_t at = 0;
  std::vector<char32_t> seen;
  while (at < bytes.size()) seen.push_back(next_character(bytes, at));
  EXPECT_EQ(seen, (std::vector<char32_t>{'a', 0xE5, 0xBC, 0xFF, 0xF0, 0x9F, 0xC3}));
}

TEST(Utf8, IsShortenedByWholeCharacters) {
  EXPECT_EQ(shortened("short"), "short");
  EXPECT_EQ(shortened("张三李四", 7), "张三…");
}

}  // namespace
}  // namespace yilian::text
