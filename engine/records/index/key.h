#pragma once
// Keys of the index: bytes whose order is the order of what they say.
//
//   parameter (4 bytes, big-endian) · value · extra (its length, then its bytes) · block (4 bytes, big-endian)
//
// A value is a number (8 bytes, big-endian, the sign turned) or a text and a zero; which, the parameter's kind says.
// block = rid / 64: one key stands for 64 resources, and its entry has a bit for each.

#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace yilian::records {

inline constexpr std::size_t kParameterBytes = 4, kNumberBytes = 8, kBlockBytes = 4;

// The parameter that names the resources themselves, by the key of "Type/id" (types.h). No type has number 0.
inline constexpr std::uint32_t kResources = 0;

// Beginnings of keys, for looking up; with extra and block they are whole.
void append_parameter(std::string& out, std::uint32_t parameter);
void append_number(std::string& out, std::int64_t value);
void append_text(std::string& out, std::string_view text);         // ends it: exactly this text
void append_text_begin(std::string& out, std::string_view begin);  // open: all that begin so
void append_extra(std::string& out, std::int64_t extra);
void append_block(std::string& out, std::int64_t block);

std::string parameter_key(std::uint32_t parameter);
std::string number_key(std::uint32_t parameter, std::int64_t value);

// The least key that comes after all that begin with this; empty: nothing does.
std::string after_all(std::string beginning);

// The first sixteen bytes of a key as two numbers, in the order of the bytes; what is not there counts as zero. Most keys
// are told apart by them.
struct Head {
  std::uint64_t first = 0, second = 0;
  auto operator<=>(const Head&) const = default;
};
Head head_of(std::string_view key);

// The parts of a whole key.
std::uint32_t parameter_of(std::string_view key);
std::int64_t number_of(std::string_view key);
std::string_view text_of(std::string_view key);
std::int64_t extra_of_number(std::string_view key);
std::int64_t number_at(std::string_view key, std::size_t at);  // of a value made of several
std::int64_t extra_at(std::string_view key, std::size_t at);
// Of the rows beside the parameter's own (index_plan.h).
inline bool is_beside(std::string_view key) { return (key[kParameterBytes - 1] & 1) != 0; }
inline std::int64_t block_of(std::string_view key) {
  std::uint32_t block;
  std::memcpy(&block, key.data() + key.size() - kBlockBytes, sizeof block);
  return __builtin_bswap32(block);
}
inline std::string_view without_block(std::string_view key) { return key.substr(0, key.size() - kBlockBytes); }

}  // namespace yilian::records
