#include "engine/records/index/key.h"

#include <algorithm>
#include <cstring>

namespace yilian::records {
namespace {

constexpr std::uint64_t kSign = 1ULL << 63;

template <std::size_t Bytes>
void append_big_endian(std::string& out, std::uint64_t value) {
  char bytes[Bytes];
  for (std::size_t i = 0; i < Bytes; ++i) bytes[i] = static_cast<char>(value >> (8 * (Bytes - 1 - i)));
  out.append(bytes, Bytes);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// A zero ends a text, so none may stand in it; FHIR allows none (§2.24.0.1), a client may send one yet.
void append_without_zeros(std::string& out, std::string_view text) {
  const std::size_t from = out.size();
  out.append(text);
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), '\0', '\x01');
}

}  // namespace

void append_parameter(std::string& out, std::uint32_t parameter) { append_big_endian<kParameterBytes>(out, parameter); }

void append_number(std::string& out, std::int64_t value) {
  append_big_endian<kNumberBytes>(out, static_cast<std::uint64_t>(value) ^ kSign);
}

void append_text(std::string& out, std::string_view text) {
  append_without_zeros(out, text);
  out += '\0';
}

void append_text_begin(std::string& out, std::string_view begin) { append_without_zeros(out, begin); }

void append_extra(std::string& out, std::int64_t extra) {
  const auto bits = static_cast<std::uint64_t>(extra);
  const int bytes = bits == 0 ? 0 : (71 - __builtin_clzll(bits)) / 8;
  char text[1 + sizeof bits];
  text[0] = static_cast<char>(bytes);
  for (int i = 0; i < bytes; ++i) text[1 + i] = static_cast<char>(bits >> (8 * (bytes - 1 - i)));
  out.append(text, static_cast<std::size_t>(1 + bytes));
}

void append_block(std::string& out, std::int64_t block) {
  append_big_endian<kBlockBytes>(out, static_cast<std::uint64_t>(block));
}

std::string parameter_key(std::uint32_t parameter) {
  std::string out;
  append_parameter(out, parameter);
  return out;
}

std::string number_key(std::uint32_t parameter, std::int64_t value) {
  std::string out = parameter_key(parameter);
  append_number(out, value);
  return out;
}

std::string after_all(std::string beginning) {
  while (!beginning.empty() && beginning.back() == '\xFF') beginning.pop_back();
  if (!beginning.empty()) beginning.back() = static_cast<char>(static_cast<unsigned char>(beginning.back()) + 1);
  return beginning;
}

Head head_of(std::string_view key) {
  std::uint64_t words[2] = {0, 0};
  std::memcpy(words, key.data(), std::min(sizeof words, key.size()));
  return {__builtin_bswap64(words[0]), __builtin_bswap64(words[1])};
}

std::int64_t number_at(std::string_view key, std::size_t at) {
  return static_cast<std::int64_t>(big_endian(key.substr(at, kNumberBytes)) ^ kSign);
}

std::int64_t extra_at(std::string_view key, std::size_t at) {
  return static_cast<std::int64_t>(big_endian(key.substr(at + 1, static_cast<unsigned char>(key[at]))));
}

std::int64_t number_of(std::string_view key) { return number_at(key, kParameterBytes); }

std::uint32_t parameter_of(std::string_view key) {
  std::uint32_t parameter;
  std::memcpy(&parameter, key.data(), sizeof parameter);
  return __builtin_bswap32(parameter);
}

std::string_view text_of(std::string_view key) {
  key.remove_prefix(kParameterBytes);
  return key.substr(0, key.find('\0'));
}

std::int64_t extra_of_number(std::string_view key) { return extra_at(key, kParameterBytes + kNumberBytes); }

}  // namespace yilian::records
