#pragma once
// PostgreSQL's binary format of an array of one dimension.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace yilian::database {

inline constexpr std::uint32_t kInt8 = 20, kBytea = 17;  // object ids of PostgreSQL's built-in types

void append_u32(std::string& out, std::uint32_t value);
// `items`: each with its size before it, as append_u32 writes it; 0xFFFFFFFF for NULL.
std::string array_of(std::uint32_t type, bool nulls, std::size_t count, std::string_view items);
std::string array_of(std::span<const std::int64_t> numbers);

}  // namespace yilian::database
