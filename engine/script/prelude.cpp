#include "engine/script/state.h"

namespace yilian::script {

// - `pairs` goes by the order of keys: Lua's own differs from state to state.
// - `table.sort` compares by a function of Lua's, so that each comparison is counted.
// - `utf8.sub` is what `string.sub` is, by characters.
std::string_view prelude() {
  return R"(
local lib = ...
local type, error, next = lib.type, lib.error, lib.next
local sort, offset, len, sub = lib.table.sort, lib.utf8.offset, lib.utf8.len, lib.string.sub
lib.next = nil

lib.table.sort = function(list, less)
  return sort(list, less or function(a, b) return a < b end)
end

local function before(a, b)
  local kind, other = type(a), type(b)
  if kind ~= other then return kind < other end
  return a < b
end

lib.pairs = function(map)
  local keys, count = {}, 0
  for key in next, map do
    local kind = type(key)
    if kind ~= "number" and kind ~= "string" then error("pairs: keys are texts and numbers, not " .. kind, 2) end
    count = count + 1
    keys[count] = key
  end
  sort(keys, before)
  local at = 0
  return function()
    at = at + 1
    local key = keys[at]
    if key ~= nil then return key, map[key] end
  end
end

lib.utf8.sub = function(text, first, last)
  local count = len(text)
  if not count then error("utf8.sub: the text is no UTF-8", 2) end
  last = last or -1
  if first < 0 then first = count + first + 1 end
  if last < 0 then last = count + last + 1 end
  if first < 1 then first = 1 end
  if last > count then last = count end
  if first > last then return "" end
  return sub(text, offset(text, first), offset(text, last + 1) - 1)
end
)";
}

}  // namespace yilian::script
