// Patterns do what Lua's manual says of them (6.4.1).

#include <gmock/gmock.h>

#include "tests/unit/script/calls.h"

namespace yilian::script::test {
namespace {

using ::testing::HasSubstr;

std::string joined(const std::string& list) {
  return call("function f()\n local list = table.pack(" + list +
              ")\n for i = 1, list.n do list[i] = tostring(list[i]) end\n return table.concat(list, ' ')\nend");
}

TEST(Pattern, Find) {
  EXPECT_EQ(joined("('hello world'):find('wor')"), "7 9");
  EXPECT_EQ(joined("('hello'):find('l+')"), "3 4");
  EXPECT_EQ(joined("('hello'):find('(l)(l)')"), "3 4 l l");
  EXPECT_EQ(joined("('hello'):find('xyz')"), "nil");
  EXPECT_EQ(joined("('hello'):find('')"), "1 0");
  EXPECT_EQ(joined("('hello'):find('', 10)"), "nil");
  EXPECT_EQ(joined("('hello'):find('', 6)"), "6 5");
  EXPECT_EQ(joined("('a.b'):find('.', 1, true)"), "2 2");
  EXPECT_EQ(joined("('a.b'):find('.', -1, true)"), "nil");
  EXPECT_EQ(joined("('abc'):find('b', -2)"), "2 2");
  EXPECT_EQ(joined("('abc'):find('^b')"), "nil");
  EXPECT_EQ(joined("('abc'):find('^b', 2)"), "2 2");
}

TEST(Pattern, Match) {
  EXPECT_EQ(joined("('2026-11-05'):match('(%d+)-(%d+)-(%d+)')"), "2026 11 05");
  EXPECT_EQ(joined("('  x  '):match('^%s*(.-)%s*$')"), "x");
  EXPECT_EQ(joined("('key = val'):match('(%w+)%s*=%s*(%w+)')"), "key val");
  EXPECT_EQ(joined("('abc'):match('()b()')"), "2 3");
  EXPECT_EQ(joined("('f(a(b)c)d'):match('%b()')"), "(a(b)c)");
  EXPECT_EQ(joined("('THE (quick) fox'):find('%f[%a]%a+%f[%A]')"), "1 3");
  EXPECT_EQ(joined("('say \"it\"'):match('([\"\\'])(.-)%1')"), "\" it");
  EXPECT_EQ(joined("('a]b'):match('[]]')"), "]");
  EXPECT_EQ(joined("('a-b'):match('[a%-]+')"), "a-");
  EXPECT_EQ(joined("('x^y'):match('[^x]')"), "^");
  EXPECT_EQ(joined("('abc'):match('a?b?c?d?')"), "abc");
  EXPECT_EQ(joined("('阳性(+) 1:128'):match('^(.-)%((.-)%)%s*(%d+:%d+)$')"), "阳性 + 1:128");
  EXPECT_EQ(joined("('aXb'):match('%u%l')"), "Xb");
  EXPECT_EQ(joined("('10%'):match('%d+%%')"), "10%");
  EXPECT_EQ(joined("('a$'):match('a$$')"), "a$");
}

TEST(Pattern, Gmatch) {
  EXPECT_EQ(call("function f() local out = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do out[#out + 1] = v .. k end return table.concat(out, ' ') end"),
            "1a 2b");
  EXPECT_EQ(call("function f() local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n end"), "4");
  EXPECT_EQ(call("function f() local out = '' for c in ('心肌'):gmatch(utf8.charpattern) do out = c .. out end return out end"), "肌心");
}

TEST(Pattern, Gsub) {
  EXPECT_EQ(joined("('hello world'):gsub('o', '0')"), "hell0 w0rld 2");
  EXPECT_EQ(joined("('hello'):gsub('', '-')"), "-h-e-l-l-o- 6");
  EXPECT_EQ(joined("('abc'):gsub('%w', '%0%0')"), "aabbcc 3");
  EXPECT_EQ(joined("('abc'):gsub('(a)(b)', '%2%1')"), "bac 1");
  EXPECT_EQ(joined("('abc'):gsub('%w', {a = '1', b = false})"), "1bc 3");
  EXPECT_EQ(joined("('abc'):gsub('%w', function(c) if c == 'b' then return 'B' end end)"), "aBc 3");
  EXPECT_EQ(joined("('aaa'):gsub('a', 'b', 2)"), "bba 2");
  EXPECT_EQ(joined("('abc'):gsub('^a', 'x')"), "xbc 1");
  EXPECT_EQ(joined("('abc def'):gsub('%w+', '<%1>')"), "<abc> <def> 2");
  EXPECT_EQ(joined("('50'):gsub('$', '%%')"), "50% 1");
}

TEST(Pattern, Malformed) {
  EXPECT_THAT(value("('a'):find('%')"), HasSubstr("mine.lua:1: malformed pattern (ends with '%')"));
  EXPECT_THAT(value("('a'):find('[a')"), HasSubstr("missing ']'"));
  EXPECT_THAT(value("('a'):find('[%')"), HasSubstr("missing ']'"));
  EXPECT_THAT(value("('a'):find('a)')"), HasSubstr("a ')' without '('"));
  EXPECT_THAT(value("('a'):find('(a')"), HasSubstr("a '(' without ')'"));
  EXPECT_THAT(value("('a'):find('%1')"), HasSubstr("no capture %1"));
  EXPECT_THAT(value("('a'):find('%bx')"), HasSubstr("%b"));
  EXPECT_THAT(value("('a'):find('%fx')"), HasSubstr("%f"));
  EXPECT_THAT(value("('a'):gsub('a', '%2')"), HasSubstr("no capture %2"));
  EXPECT_THAT(value("('a'):gsub('a', '%x')"), HasSubstr("in the replacement"));
  EXPECT_THAT(value("('a'):gsub('a', function() return {} end)"), HasSubstr("a table, not a text"));
  EXPECT_THAT(value("('a'):gsub('a')"), HasSubstr("gsub replaces by"));
}

}  // namespace
}  // namespace yilian::script::test
