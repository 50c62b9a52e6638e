#pragma once
// A hospital's own functions, in Lua: for what a rule cannot say. A function's result depends on its arguments alone:
// each call begins with a fresh run of the script, and nothing that a script can reach has a state, a clock, chance or
// a file.

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::script {

// What a script may use. Exceeding one ends the call with an Issue.
struct Bounds {
  static constexpr std::size_t kLongestScript = 1u << 20;   // bytes of the file
  static constexpr std::int64_t kCallSteps = 1'000'000;     // instructions and steps of pattern matching in one call
  static constexpr std::int64_t kMessageSteps = 50'000'000;  // in all calls of one message
  static constexpr std::size_t kMemory = 8u << 20;           // bytes of a state
  static constexpr std::chrono::milliseconds kCallTime{250};  // of processor time, so that a busy machine ends no call
  static constexpr std::chrono::milliseconds kMessageTime{2000};
  static constexpr std::size_t kLongestText = 1u << 20;  // bytes of an argument, and of a result
  static constexpr std::size_t kLongestPattern = 1000;   // bytes of a Lua pattern
  static constexpr std::size_t kMostFunctions = 1000;    // that rules may call
  // Between calls a thread keeps so many states, each not larger than this; what is more is thrown away.
  static constexpr std::size_t kKeptStates = 32;
  static constexpr std::size_t kKeptMemory = 2u << 20;
};

// What is left of a message's share.
struct Allowance {
  std::int64_t steps = Bounds::kMessageSteps;
  std::chrono::nanoseconds time = Bounds::kMessageTime;
};

struct Function {
  std::string name;
  unsigned parameters = 0;
  bool any_number = false;  // takes `...`
  int line = 0;
};

// A script that was read: it compiles, and running it once makes functions. Immutable; any number of threads.
class Script {
 public:
  // `file` is what places name; `first_line` is that of the text's first one. Errors: bad_config, with file:line and a
  // cure.
  static Result<std::shared_ptr<const Script>> read(std::string text, std::string file, int first_line = 1);

  const std::vector<Function>& functions() const { return functions_; }  // by name
  // The place of a function in functions(), or -1.
  int find(std::string_view name) const;
  const std::string& text() const { return text_; }
  std::string place(int line) const;  // "hospitals/scripts/xinghe.lua:12"; without a line for one that is not known
  std::uint64_t serial() const { return serial_; }  // no other script of this process has it

 private:
  Script() = default;
  std::string text_, file_;
  int first_line_ = 1;
  std::uint64_t serial_ = 0;
  std::vector<Function> functions_;
};

// Calls the function of that place in functions(). What a message does not tell is "". Nil and false as a result are an
// empty text, true is "true", numbers are as Lua writes them. The text holds until the thread's next call.
// Errors: bad_value, with the script's file:line: an error of the script, a bound, a result that is no text in UTF-8.
Result<std::string_view> call(const Script& script, std::size_t function, std::span<const std::string_view> arguments,
                              Allowance& allowance);

}  // namespace yilian::script
