#include "engine/script/state.h"

#include <ctime>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/text/encoding.h"

namespace yilian::script {
namespace {

constexpr int kHookEvery = 100;  // instructions; between two looks at the clock no one of them does much
constexpr std::size_t kLargeBlock = 64 * 1024;
constexpr std::size_t kLongestMessage = 200;
constexpr char kChunk[] = "=s";  // places of errors begin with "s:"

std::int64_t nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

int end_of_process(lua_State*) { std::abort(); }

// Raises an error at the line of the script that is being run.
void raise(lua_State* lua, const char* what) {
  lua_Debug at;
  for (int level = 0; lua_getstack(lua, level, &at) != 0; ++level) {
    if (lua_getinfo(lua, "Sl", &at) == 0 || at.currentline <= 0 || std::strcmp(at.short_src, kChunk + 1) != 0) continue;
    lua_pushfstring(lua, "s:%d: %s", at.currentline, what);
    lua_error(lua);
  }
  lua_pushstring(lua, what);
  lua_error(lua);
}

// The text of an error as a notice may show it.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kLongestMessage));
  out.resize(std::min(out.size(), text::invalid_utf8_at(out)));
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return out;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r';
  });
}

// Turns the value at the top into a text.
void to_result(lua_State* lua) {
  switch (lua_type(lua, -1)) {
    case LUA_TSTRING:
      return;
    case LUA_TNUMBER:
      if (!std::isfinite(lua_tonumber(lua, -1))) luaL_error(lua, "the result is no finite number");
      lua_tolstring(lua, -1, nullptr);
      return;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
      lua_pushstring(lua, lua_toboolean(lua, -1) != 0 ? "true" : "");
      return;
    default:
      luaL_error(lua, "the result is a %s, no text", luaL_typename(lua, -1));
  }
}

}  // namespace

struct State::Task {
  enum class Kind : std::uint8_t { open, functions, call } kind;
  std::vector<Function>* functions = nullptr;
  const char* name = nullptr;
  std::span<const std::string_view> arguments;
};

State::~State() {
  if (lua_ != nullptr) lua_close(lua_);
}

void* State::allocate(void* state, void* block, std::size_t old_size, std::size_t size) {
  State& self = *static_cast<State*>(state);
  if (block == nullptr) old_size = 0;  // it then tells what kind of value is made
  if (size == 0) {
    std::free(block);
    self.memory_ -= old_size;
    return nullptr;
  }
  if (size > old_size) {
    if (self.memory_ - old_size + size > Bounds::kMemory) return nullptr;
    // What is long to copy or to fill passes here.
    if (size > kLargeBlock && self.bounded_ && self.late()) {
      self.over_ = Over::time;
      return nullptr;
    }
  }
  void* const made = std::realloc(block, size);
  if (made != nullptr) self.memory_ = self.memory_ - old_size + size;
  return made;
}

bool State::late() const {
  return nanoseconds(CLOCK_MONOTONIC) - began_ > time_ &&
         nanoseconds(CLOCK_THREAD_CPUTIME_ID) - began_working_ > time_;
}

void State::hook(lua_State* lua, lua_Debug* at) {
  State& self = of(lua);
  if (!self.bounded_) return;
  if (at->event == LUA_HOOKCOUNT) self.spend(lua, kHookEvery);
  if (!self.late()) return;
  self.over_ = Over::time;
  raise(lua, "time is up");
}

void State::out_of_steps(lua_State* lua) {
  over_ = Over::steps;
  raise(lua, "too many steps");
}

int State::run_task(lua_State* lua) {
  Task& task = *static_cast<Task*>(lua_touserdata(lua, 1));
  lua_settop(lua, 0);
  State& self = of(lua);
  switch (task.kind) {
    case Task::Kind::open:
      self.do_open(lua);
      return 0;
    case Task::Kind::functions:
      self.do_functions(lua, task.functions);
      return 0;
    case Task::Kind::call:
      self.do_call(lua, task.name, task.arguments);
      return 1;
  }
  return 0;
}

void State::do_open(lua_State* lua) {
  lua_newtable(lua);  // the metatable of globals
  push_libraries(lua);
  lua_setfield(lua, -2, "__index");
  libraries_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  const std::string& text = script_.text();
  if (luaL_loadbufferx(lua, text.data(), text.size(), kChunk, "t") != LUA_OK) lua_error(lua);
  chunk_ = luaL_ref(lua, LUA_REGISTRYINDEX);
}

// Runs the script from its beginning, in globals of its own, and leaves them at the top. What it has made before is
// gone: no call sees what another one has done.
void State::run_script(lua_State* lua) {
  lua_newtable(lua);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, libraries_);
  lua_setmetatable(lua, -2);
  lua_newtable(lua);  // what the script sees: it has nothing itself, so that it can be locked
  lua_newtable(lua);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__newindex");
  lua_pushvalue(lua, -1);
  lua_insert(lua, -3);
  lua_setmetatable(lua, -2);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, chunk_);
  lua_insert(lua, -2);
  lua_setupvalue(lua, -2, 1);
  lua_call(lua, 0, 0);
  lua_getfield(lua, LUA_REGISTRYINDEX, "read_only");
  lua_setfield(lua, -2, "__newindex");
  lua_pop(lua, 1);
}

void State::do_functions(lua_State* lua, std::vector<Function>* out) {
  run_script(lua);
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    if (lua_type(lua, -2) == LUA_TSTRING && lua_isfunction(lua, -1)) {
      lua_Debug facts;
      lua_pushvalue(lua, -1);
      lua_getinfo(lua, ">Su", &facts);
      out->push_back({lua_tostring(lua, -2), facts.nparams, facts.isvararg != 0, std::max(facts.linedefined, 0)});
    }
    lua_pop(lua, 1);
  }
}

void State::do_call(lua_State* lua, const char* name, std::span<const std::string_view> arguments) {
  run_script(lua);
  lua_getfield(lua, -1, name);
  luaL_checkstack(lua, static_cast<int>(arguments.size()) + 10, "too many arguments");
  for (const std::string_view argument : arguments) lua_pushlstring(lua, argument.data(), argument.size());
  lua_call(lua, static_cast<int>(arguments.size()), 1);
  to_result(lua);
}

Result<void> State::protect(Task& task, Allowance& allowance, int line) {
  const std::int64_t steps = std::min(Bounds::kCallSteps, allowance.steps);
  steps_left_ = steps - kHookEvery;  // those that the hook does not come to count
  time_ = std::min<std::int64_t>(std::chrono::nanoseconds(Bounds::kCallTime).count(), allowance.time.count());
  began_ = nanoseconds(CLOCK_MONOTONIC);
  began_working_ = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  over_ = Over::none;
  bounded_ = true;
  lua_sethook(lua_, hook, LUA_MASKCALL | LUA_MASKCOUNT, kHookEvery);  // it begins to count anew
  lua_pushcfunction(lua_, run_task);
  lua_pushlightuserdata(lua_, &task);
  const int status = lua_pcall(lua_, 1, LUA_MULTRET, 0);
  bounded_ = false;
  allowance.steps -= steps - std::max<std::int64_t>(steps_left_, 0);
  constexpr std::int64_t kNoticeable = 1'000'000;
  if (nanoseconds(CLOCK_MONOTONIC) - began_ > kNoticeable)
    allowance.time -= std::chrono::nanoseconds(nanoseconds(CLOCK_THREAD_CPUTIME_ID) - began_working_);
  if (status == LUA_OK) return {};
  if (status == LUA_ERRMEM && over_ == Over::none) over_ = Over::memory;
  broken_ = broken_ || status == LUA_ERRMEM;
  Issue issue = problem(status, line);
  lua_settop(lua_, 0);
  return Failure(std::move(issue));
}

// The error at the top of the stack. `line`: where it is, when the error does not tell.
Issue State::problem(int status, int line) const {
  std::string_view what;
  if (status != LUA_ERRMEM && lua_type(lua_, -1) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* const text = lua_tolstring(lua_, -1, &size);
    what = {text, size};
  }
  const bool placed = what.starts_with("s:");
  if (placed || what.starts_with("prelude:")) {
    what.remove_prefix(what.find(':') + 1);
    const int told = std::atoi(std::string(what.substr(0, 10)).c_str());
    if (placed && told > 0) line = told;
    const auto blank = what.find(' ');
    what = blank == std::string_view::npos ? std::string_view() : what.substr(blank + 1);
  }
  Issue issue{Code::bad_value, Severity::error, script_.place(line), {}, {}};
  switch (over_) {
    case Over::none:
      issue.what = what.empty() ? "the script ended with an error that is no text" : shown(what);
      break;
    case Over::steps:
      issue.what = "the script takes more than " + std::to_string(Bounds::kCallSteps) +
                   " steps, or the message's scripts more than " + std::to_string(Bounds::kMessageSteps);
      issue.cure = "does a loop end, and is a pattern simple enough?";
      break;
    case Over::time:
      issue.what = "the script takes more than " + std::to_string(Bounds::kCallTime.count()) +
                   " ms, or the message's scripts more than " + std::to_string(Bounds::kMessageTime.count());
      break;
    case Over::memory:
      issue.what = "the script takes more than " + std::to_string(Bounds::kMemory >> 20) + " MB of memory";
      break;
  }
  return issue;
}

Result<void> State::open() {
  lua_ = lua_newstate(allocate, this);
  if (lua_ == nullptr) return fail(Code::internal, "there is no memory for a script", script_.place(0));
  *static_cast<State**>(lua_getextraspace(lua_)) = this;
  lua_atpanic(lua_, end_of_process);
  Task task{Task::Kind::open, nullptr, nullptr, {}};
  Allowance allowance;
  return protect(task, allowance, 0);
}

Result<std::vector<Function>> State::functions() {
  std::vector<Function> found;
  found.reserve(Bounds::kMostFunctions);
  Task task{Task::Kind::functions, &found, nullptr, {}};
  Allowance allowance;
  if (auto done = protect(task, allowance, 0); !done) return Failure(std::move(done).error());
  lua_settop(lua_, 0);
  return found;
}

Result<void> State::call(const Function& function, std::span<const std::string_view> arguments, Allowance& allowance,
                         std::string& result) {
  const std::string place = script_.place(function.line);
  if (allowance.steps <= 0 || allowance.time.count() <= 0)
    return fail(Code::bad_value,
                "the scripts of this message have used up what one message may take: this call is left out", place);
  const auto too_long = [](std::string_view each) { return each.size() > Bounds::kLongestText; };
  if (std::any_of(arguments.begin(), arguments.end(), too_long))
    return fail(Code::bad_value, "an argument of more than " + std::to_string(Bounds::kLongestText >> 20) + " MB", place);
  Task task{Task::Kind::call, nullptr, function.name.c_str(), arguments};
  if (auto done = protect(task, allowance, function.line); !done) return Failure(std::move(done).error());
  std::size_t size = 0;
  const char* const text = lua_tolstring(lua_, -1, &size);  // it is a text already
  if (size > Bounds::kLongestText) {
    lua_settop(lua_, 0);
    return fail(Code::bad_value, "a result of more than " + std::to_string(Bounds::kLongestText >> 20) + " MB", place);
  }
  result.assign(text, size);
  lua_settop(lua_, 0);
  if (!text::valid_utf8(result)) {
    return fail(Code::bad_value, "the result is no UTF-8", place,
                "string.sub cuts bytes, utf8.sub cuts characters");
  }
  if (has_control(result)) return fail(Code::bad_value, "the result holds a control character", place);
  return {};
}

bool State::fit() {
  if (broken_) return false;
  if (memory_ > Bounds::kKeptMemory) lua_gc(lua_, LUA_GCCOLLECT);
  return memory_ <= Bounds::kKeptMemory;
}

}  // namespace yilian::script
