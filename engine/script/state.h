#pragma once
// One Lua state: its memory, its clock and its count of steps. C functions of the sandbox find it by its lua_State.
//
// Lua's errors are longjmps: whoever may raise one holds nothing that a destructor would have to free.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

extern "C" {
#include <lauxlib.h>
#include <lua.h>
}

#include "engine/script/script.h"

namespace yilian::script {

class State {
 public:
  explicit State(const Script& script) : script_(script) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // The sandbox, and the script compiled in it.
  Result<void> open();
  Result<std::vector<Function>> functions();
  Result<void> call(const Function& function, std::span<const std::string_view> arguments, Allowance& allowance,
                    std::string& result);
  // Whether it may be used again: not when memory ran out in it, or when it holds much.
  bool fit();

  static State& of(lua_State* lua) { return **static_cast<State**>(lua_getextraspace(lua)); }
  // So many steps of something that Lua does not count. Raises an error when they are more than are left.
  void spend(lua_State* lua, std::int64_t steps) {
    if ((steps_left_ -= steps) < 0) out_of_steps(lua);
  }

 private:
  enum class Over : std::uint8_t { none, steps, time, memory };
  struct Task;  // what is done in protected mode

  static void* allocate(void* state, void* block, std::size_t old_size, std::size_t size);
  static void hook(lua_State* lua, lua_Debug* at);
  static int run_task(lua_State* lua);
  void do_open(lua_State* lua);
  void do_functions(lua_State* lua, std::vector<Function>* out);
  void do_call(lua_State* lua, const char* name, std::span<const std::string_view> arguments);
  Result<void> protect(Task& task, Allowance& allowance, int line);
  Issue problem(int status, int line) const;
  bool late() const;
  void out_of_steps(lua_State* lua);
  void run_script(lua_State* lua);

  const Script& script_;  // outlives the state's last use
  lua_State* lua_ = nullptr;
  std::size_t memory_ = 0;
  std::int64_t steps_left_ = 0;
  std::int64_t began_ = 0, began_working_ = 0;  // nanoseconds: of the wall's clock, of the thread's
  std::int64_t time_ = 0;                       // that this call may take
  Over over_ = Over::none;
  bool bounded_ = false;  // a call is running
  bool broken_ = false;
  int chunk_ = 0, libraries_ = 0;  // in the registry
};

// sandbox.cpp: pushes the table of what scripts may use.
void push_libraries(lua_State* lua);
// strings.cpp: find, match, gmatch, gsub, rep and format, into the table at the top.
void add_strings(lua_State* lua);
// prelude.cpp: what is written in Lua itself: a chunk that takes the table of libraries and adds to it.
std::string_view prelude();

}  // namespace yilian::script
