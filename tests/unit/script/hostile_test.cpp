// Scripts that would not end, would take all memory, or would get out. Each ends soon, with an error that says where.

#include <gmock/gmock.h>

#include <chrono>

#include "tests/unit/script/calls.h"

namespace yilian::script::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kSoon = std::chrono::seconds(5);  // the bounds are far below; sanitizers and a busy machine are slow

std::string ends_soon(const std::string& body) {
  const auto began = std::chrono::steady_clock::now();
  const std::string result = call("function f(a)\n" + body + "\nend", {"text"});
  EXPECT_LT(std::chrono::steady_clock::now() - began, kSoon) << body;
  // The same script goes on to work, and so does the thread.
  EXPECT_EQ(call("function f() return 'well' end"), "well");
  return result;
}

TEST(Hostile, Loops) {
  EXPECT_EQ(ends_soon("while true do end"),
            "!mine.lua:2: the script takes more than 1000000 steps, or the message's scripts more than 50000000. does a loop end, and is "
            "a pattern simple enough?");
  EXPECT_THAT(ends_soon("::again:: goto again"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("for i = 1, math.huge do end"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("for i = 1, math.maxinteger do local x = utf8.len(a) end"), HasSubstr("steps"));
}

TEST(Hostile, Recursion) {
  EXPECT_THAT(ends_soon("return f(a) .. 'x'"), AnyOf(HasSubstr("stack overflow"), HasSubstr("memory"), HasSubstr("steps")));
  EXPECT_THAT(ends_soon("return f(a)"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("local function g(x) return (x:gsub('.', g)) end return g(a)"), AnyOf(HasSubstr("overflow"), HasSubstr("steps")));
  EXPECT_THAT(ends_soon("local function g(a, b) table.sort({1, 2, 3}, g) return false end return g()"),
              AnyOf(HasSubstr("overflow"), HasSubstr("steps")));
}

TEST(Hostile, Memory) {
  EXPECT_THAT(ends_soon("local s = 'x' while true do s = s .. s end"), HasSubstr("more than 8 MB of memory"));
  EXPECT_THAT(ends_soon("local t = {} for i = 1, 1e9 do t[i] = {i} end"), HasSubstr("more than 8 MB of memory"));
  EXPECT_THAT(ends_soon("local t = {} for i = 1, 1000 do t[i] = ('x'):rep(100000) end return table.concat(t)"), HasSubstr("memory"));
  EXPECT_THAT(ends_soon("local s = ('x'):rep(1000000) local t = {} for i = 1, 1000 do t[i] = s end return table.concat(t)"),
              HasSubstr("memory"));
  EXPECT_THAT(ends_soon("local s = ('x'):rep(1000000) return (s:gsub('x', s))"), AnyOf(HasSubstr("memory"), HasSubstr("steps")));
  EXPECT_THAT(ends_soon("return table.unpack({}, 1, 1e8)"), HasSubstr("too many results"));
  EXPECT_THAT(ends_soon("return string.format('%99.99f', 1e308):rep(1e6)"), HasSubstr("too long"));
  EXPECT_THAT(ends_soon("return ('x'):rep(3000000)"), HasSubstr("a result of more than 1 MB"));
}

TEST(Hostile, Repeats) {
  EXPECT_EQ(ends_soon("return ('').rep('', math.maxinteger)"), "");
  EXPECT_THAT(ends_soon("return ('x'):rep(1e15)"), HasSubstr("too long"));
  EXPECT_THAT(ends_soon("return (''):rep(1e15, 'xy')"), HasSubstr("too long"));
  EXPECT_EQ(ends_soon("return ('x'):rep(-1)"), "");
  EXPECT_EQ(ends_soon("return a:rep(2, ',')"), "text,text");
}

TEST(Hostile, Patterns) {
  EXPECT_THAT(ends_soon("return ('a'):rep(1000):find(('a-'):rep(20) .. 'b')"), HasSubstr("mine.lua:2: the script takes more than 1000000 steps"));
  EXPECT_THAT(ends_soon("return ('a'):rep(100000):match('.-.-.-.-.-.-b')"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("return (('a'):rep(100000):gsub('.*.*.*x', ''))"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("for w in ('a'):rep(100000):gmatch('(.-)(.-)(.-)%3%2%1x') do end"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("return ('('):rep(100000):find('%b()')"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("return ('a'):rep(100000):find('[' .. ('b'):rep(900) .. ']*c')"), HasSubstr("steps"));
  EXPECT_THAT(ends_soon("return a:find(('a'):rep(1001))"), HasSubstr("a pattern of more than 1000 bytes"));
  EXPECT_THAT(ends_soon("return a:find(('()'):rep(40))"), HasSubstr("too many captures"));
  EXPECT_THAT(ends_soon("return ('a'):rep(500):find(('a?'):rep(400))"), HasSubstr("too complex"));
  // Plain texts are found in a time that grows with the text.
  EXPECT_EQ(ends_soon("return ('a'):rep(2000000):find(('a'):rep(1000000) .. 'b', 1, true)"), "");
}

TEST(Hostile, Sorting) {
  EXPECT_THAT(ends_soon("local t = {} for i = 1, 300 do t[i] = i end table.sort(t, function(x, y) return true end)"), HasSubstr("invalid order function"));
  EXPECT_THAT(ends_soon("table.sort({3, 'x', {}})"), HasSubstr("attempt to compare"));
  EXPECT_THAT(ends_soon("local x, y = ('a'):rep(1000000) .. 'x', ('a'):rep(1000000) .. 'y'\n"
                        "local t = {} for i = 1, 20000 do t[i] = i % 2 == 0 and x or y end table.sort(t)"),
              AnyOf(HasSubstr("ms"), HasSubstr("steps")));
}

TEST(Hostile, Time) {
  EXPECT_THAT(ends_soon("local s = ('x'):rep(3000000) for i = 1, 1e6 do local t = s .. 'y' end"), HasSubstr("ms"));
  EXPECT_THAT(ends_soon("local s = ('x'):rep(1000000) for i = 1, 1e6 do local t = s:upper() end"), HasSubstr("ms"));
  EXPECT_THAT(ends_soon("local s = ('x'):rep(3000000) for i = 1, 1e6 do local t = s:find('y', 1, true) end"), AnyOf(HasSubstr("ms"), HasSubstr("steps")));
}

TEST(Hostile, NothingLeadsOut) {
  for (const char* const name :
       {"io", "os", "require", "package", "debug", "load", "loadstring", "loadfile", "dofile", "collectgarbage", "coroutine", "print", "warn",
        "pcall", "xpcall", "setmetatable", "getmetatable", "rawset", "rawget", "rawequal", "rawlen", "next", "_G", "string.dump", "string.pack",
        "string.unpack", "('').dump", "table.move", "math.random", "math.randomseed"}) {
    EXPECT_EQ(value(std::string(name) + " == nil"), "true") << name;
  }
  EXPECT_THAT(value("os.execute('true')"), HasSubstr("attempt to index a nil value (global 'os')"));
  EXPECT_THAT(value("coroutine.wrap(f)()"), HasSubstr("global 'coroutine'"));
  EXPECT_THAT(ends_soon("return setmetatable({}, {__gc = function() while true do end end})"), HasSubstr("attempt to call a nil value"));
  EXPECT_EQ(ends_soon("local t <const> = {__index = f, __len = f} return #t"), "0");
  EXPECT_THAT(ends_soon("local t <close> = {__close = f} return a"), HasSubstr("non-closable"));
}

// What differs from run to run is not told.
TEST(Hostile, NoAddresses) {
  EXPECT_THAT(value("tostring({})"), HasSubstr("a table has no text"));
  EXPECT_THAT(value("string.format('%s', f)"), HasSubstr("a function has no text"));
  EXPECT_THAT(value("string.format('%p', 'x')"), HasSubstr("no '%p'"));
  EXPECT_THAT(value("string.format('%-10p', {})"), HasSubstr("no '%p'"));
  EXPECT_EQ(value("('%5.1f|%d|%s|%%'):format(1.25, 7, true)"), "  1.2|7|true|%");
  EXPECT_EQ(value("tostring(nil) .. tostring(1.5)"), "nil1.5");
}

TEST(Hostile, AMessageHasAShare) {
  const auto made = script("function f() for i = 1, 100000 do end return 'x' end");
  Allowance allowance;
  int calls = 0;
  while (calls < 10000 && script::call(*made, 0, {}, allowance)) ++calls;
  EXPECT_GT(calls, 100);
  EXPECT_LT(calls, 1000);
  const auto left_out = script::call(*made, 0, {}, allowance);
  ASSERT_FALSE(left_out);
  EXPECT_THAT(left_out.error().line(), HasSubstr("used up"));
  EXPECT_EQ(call(*made), "x");
}

}  // namespace
}  // namespace yilian::script::test
