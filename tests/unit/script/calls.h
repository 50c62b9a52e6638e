#pragma once
// Scripts as texts, and what a call of `f` gives.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/script/script.h"

namespace yilian::script::test {

inline std::shared_ptr<const Script> script(const std::string& text) {
  auto made = Script::read(text, "mine.lua");
  EXPECT_TRUE(made) << (made ? "" : made.error().line());
  return made ? *made : nullptr;
}

// The result, or "!" and the error.
inline std::string call(const Script& script, const std::vector<std::string_view>& arguments = {},
                        const std::string& name = "f") {
  Allowance allowance;
  const int at = script.find(name);
  EXPECT_GE(at, 0);
  const auto result = script::call(script, static_cast<std::size_t>(at), arguments, allowance);
  return result ? std::string(*result) : "!" + result.error().line();
}

inline std::string call(const std::string& text, const std::vector<std::string_view>& arguments = {}) {
  const auto made = script(text);
  return made == nullptr ? "!" : call(*made, arguments);
}

// What an expression gives: "return …" of a function without parameters.
inline std::string value(const std::string& expression) { return call("function f() return " + expression + " end"); }

}  // namespace yilian::script::test
