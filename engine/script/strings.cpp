// Functions of texts that Lua's own would run in without end or measure, or that would tell addresses.

#include <cstring>

#include "engine/script/pattern.h"

namespace yilian::script {
namespace {

struct Text {
  const char* begin;
  std::size_t size;
};

Text text_argument(lua_State* lua, int n) {
  Text text{};
  text.begin = luaL_checklstring(lua, n, &text.size);
  return text;
}

Text pattern_argument(lua_State* lua, int n) {
  const Text text = text_argument(lua, n);
  if (text.size > Bounds::kLongestPattern)
    luaL_error(lua, "a pattern of more than %d bytes", static_cast<int>(Bounds::kLongestPattern));
  return text;
}

// Where the n-th argument says to begin: counted from 0, or behind the end for nowhere.
std::size_t first_place(lua_State* lua, int n, std::size_t size) {
  const lua_Integer said = luaL_optinteger(lua, n, 1);
  if (said > 0) return static_cast<std::size_t>(said) - 1;
  if (said == 0 || said < -static_cast<lua_Integer>(size)) return 0;
  return size - static_cast<std::size_t>(-said);
}

int nothing(lua_State* lua) {
  lua_pushnil(lua);
  return 1;
}

int find_plain(lua_State* lua, const Text& text, const Text& wanted, std::size_t from) {
  State::of(lua).spend(lua, static_cast<std::int64_t>(text.size / 16));
  const void* const found = memmem(text.begin + from, text.size - from, wanted.begin, wanted.size);
  if (found == nullptr) return nothing(lua);
  const std::ptrdiff_t at = static_cast<const char*>(found) - text.begin;
  lua_pushinteger(lua, at + 1);
  lua_pushinteger(lua, at + static_cast<std::ptrdiff_t>(wanted.size));
  return 2;
}

int search(lua_State* lua, bool find) {
  const Text text = text_argument(lua, 1);
  const std::size_t from = first_place(lua, 3, text.size);
  if (from > text.size) return nothing(lua);
  if (find && lua_toboolean(lua, 4) != 0) return find_plain(lua, text, text_argument(lua, 2), from);
  Text pattern = pattern_argument(lua, 2);
  const bool anchored = pattern.size > 0 && pattern.begin[0] == '^';
  Matcher matcher(lua, text.begin, text.size, pattern.begin + (anchored ? 1 : 0), pattern.size - (anchored ? 1 : 0));
  for (const char* at = text.begin + from; at <= matcher.end(); ++at) {
    if (const char* const end = matcher.match(at)) {
      if (!find) return matcher.push_captures(at, end, true);
      lua_pushinteger(lua, at - text.begin + 1);
      lua_pushinteger(lua, end - text.begin);
      return 2 + matcher.push_captures(at, end, false);
    }
    State::of(lua).spend(lua, 1);
    if (anchored) break;
  }
  return nothing(lua);
}

int find(lua_State* lua) { return search(lua, true); }
int match(lua_State* lua) { return search(lua, false); }

// Upvalues: the text, the pattern, where to go on, where the last match ended (from 0; -1: there was none).
int next_match(lua_State* lua) {
  const Text text = text_argument(lua, lua_upvalueindex(1));
  const Text pattern = text_argument(lua, lua_upvalueindex(2));
  const lua_Integer from = lua_tointeger(lua, lua_upvalueindex(3)), last = lua_tointeger(lua, lua_upvalueindex(4));
  Matcher matcher(lua, text.begin, text.size, pattern.begin, pattern.size);
  for (const char* at = text.begin + from; at <= matcher.end(); ++at) {
    State::of(lua).spend(lua, 1);
    const char* const end = matcher.match(at);
    if (end == nullptr || end - text.begin == last) continue;
    lua_pushinteger(lua, end - text.begin);
    lua_pushvalue(lua, -1);
    lua_replace(lua, lua_upvalueindex(3));
    lua_replace(lua, lua_upvalueindex(4));
    return matcher.push_captures(at, end, true);
  }
  return 0;
}

int gmatch(lua_State* lua) {
  const Text text = text_argument(lua, 1);
  pattern_argument(lua, 2);
  const std::size_t from = first_place(lua, 3, text.size);
  lua_settop(lua, 2);
  lua_pushinteger(lua, static_cast<lua_Integer>(from > text.size ? text.size + 1 : from));
  lua_pushinteger(lua, -1);
  lua_pushcclosure(lua, next_match, 4);
  return 1;
}

void add_template(lua_State* lua, luaL_Buffer& out, Matcher& matcher, const char* begin, const char* end) {
  const Text text = text_argument(lua, 3);
  for (std::size_t i = 0; i < text.size; ++i) {
    const char c = text.begin[i];
    if (c != '%') {
      luaL_addchar(&out, c);
      continue;
    }
    const char which = ++i < text.size ? text.begin[i] : '\0';
    if (which == '%') {
      luaL_addchar(&out, '%');
    } else if (which == '0') {
      luaL_addlstring(&out, begin, static_cast<std::size_t>(end - begin));
    } else if (which >= '1' && which <= '9') {
      matcher.push_capture(which - '1', begin, end);
      luaL_tolstring(lua, -1, nullptr);
      lua_remove(lua, -2);
      luaL_addvalue(&out);
    } else {
      luaL_error(lua, "a '%%' in the replacement stands before a digit or another '%%'");
    }
  }
}

// What stands in the place of a match.
void add_replacement(lua_State* lua, luaL_Buffer& out, Matcher& matcher, const char* begin, const char* end) {
  const int kind = lua_type(lua, 3);
  if (kind == LUA_TSTRING || kind == LUA_TNUMBER) return add_template(lua, out, matcher, begin, end);
  if (kind == LUA_TFUNCTION) {
    lua_pushvalue(lua, 3);
    lua_call(lua, matcher.push_captures(begin, end, true), 1);
  } else {
    matcher.push_capture(0, begin, end);
    lua_gettable(lua, 3);
  }
  if (lua_toboolean(lua, -1) == 0) {
    lua_pop(lua, 1);
    luaL_addlstring(&out, begin, static_cast<std::size_t>(end - begin));
  } else if (lua_isstring(lua, -1) == 0) {
    luaL_error(lua, "the replacement is a %s, not a text", luaL_typename(lua, -1));
  } else {
    luaL_addvalue(&out);
  }
}

int gsub(lua_State* lua) {
  const Text text = text_argument(lua, 1);
  Text pattern = pattern_argument(lua, 2);
  const int kind = lua_type(lua, 3);
  if (kind != LUA_TSTRING && kind != LUA_TNUMBER && kind != LUA_TFUNCTION && kind != LUA_TTABLE)
    return luaL_error(lua, "gsub replaces by a text, a table or a function");
  lua_Integer most = luaL_optinteger(lua, 4, static_cast<lua_Integer>(text.size) + 1);
  const bool anchored = pattern.size > 0 && pattern.begin[0] == '^';
  Matcher matcher(lua, text.begin, text.size, pattern.begin + (anchored ? 1 : 0), pattern.size - (anchored ? 1 : 0));
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  lua_Integer count = 0;
  const char* at = text.begin;
  const char* last = nullptr;
  while (count < most) {
    State::of(lua).spend(lua, 1);
    const char* const end = matcher.match(at);
    if (end != nullptr && end != last) {
      ++count;
      add_replacement(lua, out, matcher, at, end);
      at = last = end;
    } else if (at < matcher.end()) {
      luaL_addchar(&out, *at);
      ++at;
    } else {
      break;
    }
    if (anchored) break;
  }
  luaL_addlstring(&out, at, static_cast<std::size_t>(matcher.end() - at));
  luaL_pushresult(&out);
  lua_pushinteger(lua, count);
  return 2;
}

// Lua's own repeats an empty text as often as it is told to.
int rep(lua_State* lua) {
  const Text text = text_argument(lua, 1);
  const lua_Integer times = luaL_checkinteger(lua, 2);
  Text between{"", 0};
  if (!lua_isnoneornil(lua, 3)) between = text_argument(lua, 3);
  if (times <= 0 || text.size + between.size == 0) {
    lua_pushliteral(lua, "");
    return 1;
  }
  if (static_cast<std::size_t>(times) > Bounds::kMemory / (text.size + between.size))
    return luaL_error(lua, "the repeated text would be too long");
  State::of(lua).spend(lua, times / 16);
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  for (lua_Integer i = 0; i < times; ++i) {
    if (i > 0) luaL_addlstring(&out, between.begin, between.size);
    luaL_addlstring(&out, text.begin, text.size);
  }
  luaL_pushresult(&out);
  return 1;
}

// Lua's own, for texts and numbers only: of others it writes addresses.
int format(lua_State* lua) {
  const Text form = text_argument(lua, 1);
  for (std::size_t i = 0; i < form.size; ++i) {
    if (form.begin[i] != '%') continue;
    for (++i; i < form.size && std::strchr("-+ #0123456789.", form.begin[i]) != nullptr && form.begin[i] != '\0';) ++i;
    if (i < form.size && form.begin[i] == 'p') return luaL_error(lua, "format knows no '%%p' here");
  }
  const int count = lua_gettop(lua);
  for (int i = 2; i <= count; ++i) {
    const int kind = lua_type(lua, i);
    if (kind == LUA_TTABLE || kind == LUA_TFUNCTION)
      return luaL_error(lua, "a %s has no text", lua_typename(lua, kind));
  }
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, count, 1);
  return 1;
}

}  // namespace

void add_strings(lua_State* lua) {
  constexpr luaL_Reg kOwn[] = {{"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}, {"rep", rep},
                               {nullptr, nullptr}};
  luaL_setfuncs(lua, kOwn, 0);
  // Lua's own is a method of texts still.
  lua_pushliteral(lua, "");
  luaL_getmetafield(lua, -1, "__index");
  lua_getfield(lua, -1, "format");
  lua_pushcclosure(lua, format, 1);
  lua_setfield(lua, -4, "format");
  lua_pop(lua, 2);
}

}  // namespace yilian::script
