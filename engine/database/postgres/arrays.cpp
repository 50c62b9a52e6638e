#include "engine/database/postgres/arrays.h"

#include <endian.h>

namespace yilian::database {

void append_u32(std::string& out, std::uint32_t value) {
  const std::uint32_t network = htobe32(value);
  out.append(reinterpret_cast<const char*>(&network), 4);
}

std::string array_of(std::uint32_t type, bool nulls, std::size_t count, std::string_view items) {
  std::string out;
  out.reserve(20 + items.size());
  append_u32(out, 1);
  append_u32(out, nulls ? 1 : 0);
  append_u32(out, type);
  append_u32(out, static_cast<std::uint32_t>(count));
  append_u32(out, 1);  // the first index
  out += items;
  return out;
}

std::string array_of(std::span<const std::int64_t> numbers) {
  std::string items;
  items.reserve(numbers.size() * 12);
  for (const std::int64_t number : numbers) {
    append_u32(items, 8);
    const std::uint64_t network = htobe64(static_cast<std::uint64_t>(number));
    items.append(reinterpret_cast<const char*>(&network), 8);
  }
  return array_of(kInt8, false, numbers.size(), items);
}

}  // namespace yilian::database
