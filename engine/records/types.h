#pragma once
// Resource types as small numbers, and the keys by which the store finds a resource.

#include <cstdint>
#include <string>
#include <string_view>

namespace yilian::records {

// 1… in the order of the names of R4's resource types, which never changes; 0: no such type.
std::uint8_t type_number(std::string_view name);
std::string_view type_name(std::uint8_t number);  // empty for a number that is none

std::int64_t hash(std::string_view text);
// Of "Type/id": the key of a resource and of the references to it.
std::int64_t resource_key(std::string_view type, std::string_view id);

// A UUID in lower case is stored as its 16 bytes, any other id as its text with a byte before it.
std::string pack_id(std::string_view id);
std::string unpack_id(std::string_view packed);

}  // namespace yilian::records
