#include <gtest/gtest.h>

#include "engine/text/fold.h"
#include "engine/text/utf8.h"

namespace yilian::text {
namespace {

struct Name {
  const char* name;
  const char* full;
  const char* initials;
};

TEST(Pinyin, ReadsNames) {
  for (const Name& n : std::initializer_list<Name>{{"张三", "zhangsan", "zs"},
                                                   {"李四", "lisi", "ls"},
                                                   {"王小明", "wangxiaoming", "wxm"},
                                                   {"单雄信", "shanxiongxin", "sxx"},
                                                   {"曾国藩", "zengguofan", "zgf"},
                                                   {"解缙", "xiejin", "xj"},
                                                   {"仇英", "qiuying", "qy"},
                                                   {"查良镛", "zhaliangyong", "zly"},
                                                   {"区伟", "ouwei", "ow"},
                                                   {"朴正", "piaozheng", "pz"},
                                                   {"盖叫天", "gejiaotian", "gjt"},
                                                   {"翟天", "zhaitian", "zt"},
                                                   {"覃辉", "qinhui", "qh"},
                                                   {"缪文", "miaowen", "mw"},
                                                   {"尉迟恭", "yuchigong", "ycg"},
                                                   {"万俟卨", "moqixie", "mqx"},
                                                   {"长孙无忌", "zhangsunwuji", "zswj"},
                                                   {"令狐冲", "linghuchong", "lhc"},
                                                   {"欧阳修", "ouyangxiu", "oyx"},
                                                   {"諸葛亮", "zhugeliang", "zgl"},
                                                   {"單雄信", "shanxiongxin", "sxx"},
                                                   {"尉遲恭", "yuchigong", "ycg"},
                                                   {"吕布", "lvbu", "lb"},
                                                   {"张曾", "zhangzeng", "zz"},
                                                   {"王单", "wangdan", "wd"},
                                                   {"卜算", "busuan", "bs"},
                                                   {"张长青", "zhangchangqing", "zcq"},
                                                   {"李晟", "lisheng", "ls"},
                                                   {"䶮", "yan", "y"},
                                                   {"曾 三", "zengsan", "zs"},
                                                   {"阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"},
                                                   {"单·三", "dansan", "ds"},
                                                   {"任乐", "renle", "rl"},
                                                   {"乐毅", "yueyi", "yy"}}) {
    const Pinyin typed = pinyin(n.name, true);
    EXPECT_EQ(typed.full, n.full) << n.name;
    EXPECT_EQ(typed.initials, n.initials) << n.name;
  }
}

TEST(Pinyin, OutsideNamesNoSurnameIsRead) {
  EXPECT_EQ(pinyin("单位", false).full, "danwei");
  EXPECT_EQ(pinyin("查体", false).full, "chati");
  EXPECT_EQ(pinyin("解剖", false).full, "jiepou");
  EXPECT_EQ(pinyin("院长", false).full, "yuanzhang");
  EXPECT_EQ(pinyin("CT检查", false).full, "ctjiancha");
  EXPECT_EQ(pinyin("CT检查", false).initials, "ctjc");
  EXPECT_EQ(pinyin("３号楼", false).initials, "3hl");
}

TEST(Pinyin, NothingWithoutHanzi) {
  for (const char* text : {"", "Smith", "カナ", "123"}) {
    EXPECT_EQ(pinyin(text, true).full, "") << text;
    EXPECT_EQ(pinyin(text, true).initials, "") << text;
  }
}

TEST(Pinyin, NearlyEveryHanziIsRead) {
  std::size_t without = 0;
  for (char32_t c = 0x4E00; c <= 0x9FA5; ++c) {
    std::string text;
    append_character(text, c);
    const Pinyin typed = pinyin(text, false);
    if (typed.full.empty()) {
      ++without;
      continue;
    }
    ASSERT_EQ(typed.initials, typed.full.substr(0, 1));
    for (char letter : typed.full) ASSERT_TRUE(letter >= 'a' && letter <= 'z') << text;
  }
  EXPECT_LT(without, 60U);
}

TEST(PinyinKey, TakesWhatPeopleType) {
  for (const auto& [typed, key] : std::initializer_list<std::pair<const char*, const char*>>{{"zhangsan", "zhangsan"},
                                                                                             {"Zhang San", "zhangsan"},
                                                                                             {"Zhāng Sān", "zhangsan"},
                                                                                             {"ZHANG-SAN", "zhangsan"},
                                                                                             {"xi'an", "xian"},
                                                                                             {"Lü", "lv"},
                                                                                             {"lǚ bù", "lvbu"},
                                                                                             {"LYU BU", "lvbu"},
                                                                                             {"lu\u0308", "lv"},
                                                                                             {"lu:", "lv"},
                                                                                             {"Nyu", "nv"},
                                                                                             {"xinyu", "xinyu"},
                                                                                             {"lu", "lu"},
                                                                                             {"ｚｓ", "zs"},
                                                                                             {"", ""},
                                                                                             {"123", ""},
                                                                                             {"张三", ""}}) {
    EXPECT_EQ(pinyin_key(typed), key) << typed;
  }
}

}  // namespace
}  // namespace yilian::text
