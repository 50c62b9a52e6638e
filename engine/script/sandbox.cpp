// What scripts may use: what computes, and has no state. No files, processes, clock, chance, loading, debugging,
// coroutines or metatables; no pcall either, for an error ends the call and is told.

extern "C" {
#include <lualib.h>
}

#include "engine/script/state.h"

namespace yilian::script {
namespace {

constexpr const char* kBasic[] = {"assert", "error", "ipairs", "next", "select", "tonumber", "type", "_VERSION"};
constexpr const char* kTable[] = {"concat", "insert", "pack", "remove", "sort", "unpack"};
constexpr const char* kString[] = {"byte", "char", "len", "lower", "reverse", "sub", "upper"};
constexpr const char* kUtf8[] = {"char", "charpattern", "codepoint", "codes", "len", "offset"};
constexpr const char* kMath[] = {"abs", "ceil",    "exp",    "floor", "fmod", "huge", "log",       "max",  "maxinteger",
                                 "min", "mininteger", "modf", "pi",    "sin",  "cos",  "tan",       "asin", "acos",
                                 "atan", "sqrt",    "tointeger", "type", "ult"};

// Copies the named members of the table at the top into the one below it, and pops it.
template <std::size_t n>
void pick(lua_State* lua, const char* const (&names)[n]) {
  for (const char* const name : names) {
    lua_getfield(lua, -1, name);
    lua_setfield(lua, -3, name);
  }
  lua_pop(lua, 1);
}

template <std::size_t n>
void add_library(lua_State* lua, lua_CFunction open, const char* name, const char* const (&names)[n]) {
  lua_newtable(lua);
  lua_pushcfunction(lua, open);
  lua_call(lua, 0, 1);
  pick(lua, names);
  lua_setfield(lua, -2, name);
}

// An address differs from run to run: what has no text of its own has none.
int to_text(lua_State* lua) {
  luaL_checkany(lua, 1);
  const int type = lua_type(lua, 1);
  if (type == LUA_TTABLE || type == LUA_TFUNCTION) return luaL_error(lua, "a %s has no text", lua_typename(lua, type));
  luaL_tolstring(lua, 1, nullptr);
  return 1;
}

int read_only(lua_State* lua) {
  return luaL_error(lua, "'%s' is no local variable, and nothing else can be set: write `local`",
                    lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?");
}

// In place of the library of that name in the table at the top: an empty table that reads from it and takes nothing.
void lock(lua_State* lua, const char* name) {
  lua_newtable(lua);
  lua_newtable(lua);
  lua_getfield(lua, -3, name);
  lua_setfield(lua, -2, "__index");
  lua_pushcfunction(lua, read_only);
  lua_setfield(lua, -2, "__newindex");
  lua_setmetatable(lua, -2);
  lua_setfield(lua, -2, name);
}

}  // namespace

void push_libraries(lua_State* lua) {
  lua_newtable(lua);
  lua_pushcfunction(lua, luaopen_base);
  lua_call(lua, 0, 1);
  pick(lua, kBasic);
  lua_pushcfunction(lua, to_text);
  lua_setfield(lua, -2, "tostring");
  add_library(lua, luaopen_table, "table", kTable);
  add_library(lua, luaopen_utf8, "utf8", kUtf8);
  add_library(lua, luaopen_math, "math", kMath);
  add_library(lua, luaopen_string, "string", kString);
  lua_getfield(lua, -1, "string");
  add_strings(lua);
  lua_pop(lua, 1);
  const std::string_view text = prelude();
  if (luaL_loadbufferx(lua, text.data(), text.size(), "=prelude", "t") != LUA_OK) lua_error(lua);
  lua_pushvalue(lua, -2);
  lua_call(lua, 1, 0);
  for (const char* const name : {"table", "utf8", "math", "string"}) lock(lua, name);
  // Methods of texts are the same functions, and no others.
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_getfield(lua, -3, "string");
  lua_setfield(lua, -2, "__index");
  lua_pop(lua, 2);
  lua_pushcfunction(lua, read_only);
  lua_setfield(lua, LUA_REGISTRYINDEX, "read_only");
}

}  // namespace yilian::script
