#include <gmock/gmock.h>

#include <thread>

#include "tests/unit/script/calls.h"

namespace yilian::script::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string unreadable(const std::string& text) {
  const auto made = Script::read(text, "mine.lua");
  return made ? "" : made.error().line();
}

TEST(Script, TellsItsFunctions) {
  const auto made = script("local function own() end\nfunction two(a, b) end\nfunction any(a, ...) end\nlimit = 3\n");
  ASSERT_EQ(made->functions().size(), 2u);
  EXPECT_EQ(made->functions()[0].name, "any");
  EXPECT_TRUE(made->functions()[0].any_number);
  EXPECT_EQ(made->functions()[1].parameters, 2u);
  EXPECT_EQ(made->functions()[1].line, 2);
  EXPECT_EQ(made->find("own"), -1);
}

TEST(Script, ProblemsHaveAPlaceAndACure) {
  EXPECT_THAT(unreadable("function f(\n"), StartsWith("mine.lua:2: "));
  EXPECT_THAT(unreadable("\nlocal x = nil + 1\nfunction f() end"), StartsWith("mine.lua:2: attempt to perform arithmetic"));
  EXPECT_THAT(unreadable("local x = 1"), HasSubstr("makes no function. write: function"));
  EXPECT_THAT(unreadable("function f() return '\xD1\xF4' end"), HasSubstr("is no UTF-8. save it as UTF-8"));
  EXPECT_THAT(unreadable("\x1BLua"), HasSubstr("mine.lua: attempt to load a binary chunk"));
  EXPECT_THAT(unreadable(std::string(Bounds::kLongestScript + 1, ' ')), HasSubstr("more than 1 MB"));
  EXPECT_THAT(unreadable("while true do end"), HasSubstr("mine.lua:1: the script takes more than 1000000 steps"));
  EXPECT_EQ(Script::read("\xEF\xBB\xBF" "function f() return 'a' end", "mine.lua").has_value(), true);
  const auto inside = Script::read("\n\nx = 1 +\n", "hospital.yaml", 10);
  EXPECT_THAT(inside.error().line(), StartsWith("hospital.yaml:13: "));
}

TEST(Script, TextsGoInAndComeOut) {
  EXPECT_EQ(call("function f(a, b) return a .. '/' .. b end", {"阳性", "1:128"}), "阳性/1:128");
  EXPECT_EQ(call("function f(a) return a == '' and 'none' end", {""}), "none");
  EXPECT_EQ(value("nil"), "");
  EXPECT_EQ(value("''"), "");
  EXPECT_EQ(value("true"), "true");
  EXPECT_EQ(value("false"), "");
  EXPECT_EQ(value("1 + 2"), "3");
  EXPECT_EQ(value("'a', 'b'"), "a");
  EXPECT_EQ(value("0.5 * 3"), "1.5");
  EXPECT_EQ(call("function f() end"), "");
}

TEST(Script, WhatIsNoTextIsAnError) {
  EXPECT_EQ(value("{}"), "!mine.lua:1: the result is a table, no text");
  EXPECT_THAT(value("f"), HasSubstr("the result is a function"));
  EXPECT_THAT(value("0/0"), HasSubstr("no finite number"));
  EXPECT_EQ(value("string.sub('阳性', 1, 2)"), "!mine.lua:1: the result is no UTF-8. string.sub cuts bytes, utf8.sub cuts characters");
  EXPECT_THAT(value("'a\\0b'"), HasSubstr("control character"));
  EXPECT_EQ(call("function f()\n  local x\n  return x.y\nend"), "!mine.lua:3: attempt to index a nil value (local 'x')");
  EXPECT_EQ(value("error('不认识')"), "!mine.lua:1: 不认识");
  EXPECT_THAT(value("error({})"), HasSubstr("an error that is no text"));
  EXPECT_THAT(value("error()"), HasSubstr("an error that is no text"));
}

// Whatever a call does, the next one sees nothing of it.
TEST(Script, NothingStaysFromCallToCall) {
  const auto counting = script("local n = 0\nfunction f() n = n + 1 return n end");
  EXPECT_EQ(call(*counting), "1");
  EXPECT_EQ(call(*counting), "1");
  const auto listing = script("local seen = {}\nfunction f(x) seen[#seen + 1] = x return #seen end");
  EXPECT_EQ(call(*listing, {"a"}), "1");
  EXPECT_EQ(call(*listing, {"b"}), "1");
  EXPECT_THAT(call("function f() n = 1 return n end"), HasSubstr("mine.lua:1: 'n' is no local variable"));
  EXPECT_THAT(call("function f() f = nil return 'x' end"), HasSubstr("'f' is no local variable"));
  EXPECT_THAT(call("function f() string.upper = nil return 'x' end"), HasSubstr("'upper' is no local variable"));
  EXPECT_THAT(call("function f() local s = 'x' s.upper = nil return 'x' end"), HasSubstr("attempt to index a string value"));
}

TEST(Script, PairsGoInOrder) {
  EXPECT_EQ(call("function f() local out = '' for k, v in pairs({b = 2, a = 1, 10, 20}) do out = out .. k .. v end return out end"),
            "110220a1b2");
  EXPECT_THAT(call("function f() for k in pairs({[f] = 1}) do end end"), HasSubstr("keys are texts and numbers"));
}

TEST(Script, CharactersAreCut) {
  EXPECT_EQ(value("utf8.sub('心肌损伤', 2, 3)"), "肌损");
  EXPECT_EQ(value("utf8.sub('心肌损伤', -2)"), "损伤");
  EXPECT_EQ(value("utf8.sub('心肌', 3)"), "");
  EXPECT_EQ(value("utf8.sub('心肌', 0, 99)"), "心肌");
  EXPECT_EQ(value("utf8.sub('', 1)"), "");
  EXPECT_EQ(value("#'心' .. utf8.len('心')"), "31");
}

TEST(Script, EachThreadHasItsOwn) {
  const auto made = script("function f(x) return x .. x end");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, text = std::to_string(i)] {
      for (int k = 0; k < 200; ++k) EXPECT_EQ(call(*made, {text}), text + text);
    });
  }
  for (std::thread& each : threads) each.join();
}

TEST(Script, ManyScriptsInOneThread) {
  for (int round = 0; round < 2; ++round) {
    std::vector<std::shared_ptr<const Script>> many;
    for (std::size_t i = 0; i < Bounds::kKeptStates + 5; ++i)
      many.push_back(script("function f() return '" + std::to_string(i) + "' end"));
    for (std::size_t i = 0; i < many.size(); ++i) EXPECT_EQ(call(*many[i]), std::to_string(i));
  }
}

}  // namespace
}  // namespace yilian::script::test
