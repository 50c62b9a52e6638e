#include "engine/text/fold.h"

#include <gtest/gtest.h>

#include "engine/text/encoding.h"
#include "engine/text/utf8.h"

namespace yilian::text {
namespace {

void expect_folds(std::initializer_list<std::pair<const char*, const char*>> cases) {
  for (const auto& [from, to] : cases) EXPECT_EQ(fold(from), to) << from;
}

TEST(Fold, CaseWidthAndAccents) {
  expect_folds({{"Smith", "smith"},
                {"ＡＢＣ　１２３", "abc 123"},
                {"Éléonore", "eleonore"},
                {"Müller", "muller"},
                {"Mu\u0308ller", "muller"},
                {"STRAßE", "strasse"},
                {"Łukasz Ørsted", "lukasz orsted"},
                {"Æsop", "aesop"},
                {"Dvořák", "dvorak"},
                {"Nguyễn", "nguyen"},
                {"ΆΛΦΑΣ", "αλφασ"},
                {"Йод", "иод"},
                {"ﬁn", "fin"},
                {"ｶﾅ", "カナ"},
                {"Ⅱ型", "ii型"},
                {"℃", "°c"},
                {"㎎", "mg"},
                {"①", "1"},
                {"İstanbul", "istanbul"}});
}

TEST(Fold, TraditionalToSimplified) {
  expect_folds(
      {{"張三豐", "张三丰"}, {"吳黃鍾", "吴黄钟"}, {"歐陽", "欧阳"}, {"臺灣", "台湾"}, {"豈", "岂"}, {"张三", "张三"}});
}

TEST(Fold, BlanksAndDotsBetweenHanziVanish) {
  expect_folds({{"张 三", "张三"},
                {"张　三", "张三"},
                {" 张\t 三 ", "张三"},
                {"阿依古丽·买买提", "阿依古丽买买提"},
                {"阿依古丽•买买提", "阿依古丽买买提"},
                {"阿依古丽・买买提", "阿依古丽买买提"},
                {"阿依古丽．买买提", "阿依古丽买买提"},
                {"阿依古丽 · 买买提", "阿依古丽买买提"},
                {"李 John", "李 john"},
                {"John  Q.  Public", "john q. public"},
                {"1.5 毫升", "1.5 毫升"},
                {"Jean·Luc", "jean·luc"}});
}

TEST(Fold, EdgesAndSigns) {
  expect_folds({{"  (张三) ", "张三"},
                {"《心电图》", "心电图"},
                {"“abc”", "abc"},
                {"O’Brien", "o'brien"},
                {"Smith-Jones", "smith-jones"},
                {"NEUT%", "neut%"},
                {"NEUT#", "neut#"},
                {"(+)", "+"},
                {"...", ""},
                {"", ""},
                {" ", ""},
                {"C++", "c++"},
                {"血清；", "血清"},
                {"a\u200Bb\uFEFF", "ab"},
                {"a\r\nb", "a b"}});
}

TEST(Fold, EveryCharacterGivesAKeyThatIsItsOwnKey) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text = "a";
    append_character(text, c);
    text += "张";
    append_character(text, c);
    text += "b";
    const std::string key = fold(text);
    ASSERT_TRUE(valid_utf8(key)) << std::hex << static_cast<unsigned>(c);
    ASSERT_EQ(fold(key), key) << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Fold, BytesThatAreNoTextDoNoHarm) {
  const std::string key = fold("a\xFF\xE5\xBC 张\xE5");
  EXPECT_TRUE(valid_utf8(key));
  EXPECT_EQ(fold(key), key);
}

TEST(HasChinese, KnowsHanzi) {
  for (const char* text : {"张", "abc三", "〇", "𬭎", "䶮"}) EXPECT_TRUE(has_chinese(text)) << text;
  for (const char* text : {"", "abc", "é", "カナ", "，。", "Иван", "한글"}) EXPECT_FALSE(has_chinese(text)) << text;
}

}  // namespace
}  // namespace yilian::text
