#include "engine/records/search/cursor.h"

#include <xxhash.h>

#include <cstring>

namespace yilian::records {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kMostText = 4096;

std::string to_base64(std::string_view bytes) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += kDigits[held >> bits & 63];
    }
  }
  if (bits > 0) out += kDigits[held << (6 - bits) & 63];
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const char* digit = c == '\0' ? nullptr : std::strchr(kDigits, c);
    if (digit == nullptr) return std::nullopt;
    held = held << 6 | static_cast<std::uint32_t>(digit - kDigits);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(held >> bits & 255);
    }
  }
  return out;
}

std::uint64_t seal(std::string_view bytes, std::int64_t query) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), static_cast<std::uint64_t>(query));
}

template <class Number>
void put(std::string& out, Number value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Number>
bool take(std::string_view& in, Number& value) {
  if (in.size() < sizeof value) return false;
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return true;
}

std::optional<Cursor> unpack(std::string_view in) {
  Cursor cursor;
  std::uint8_t numbers = 0;
  if (!take(in, numbers)) return std::nullopt;
  for (; numbers > 0; --numbers) {
    if (!take(in, cursor.numbers.emplace_back())) return std::nullopt;
  }
  while (!in.empty()) {
    std::uint16_t size = 0;
    if (!take(in, size) || in.size() < size) return std::nullopt;
    cursor.texts.emplace_back(in.substr(0, size));
    in.remove_prefix(size);
  }
  return cursor;
}

}  // namespace

std::string write_cursor(const Cursor& cursor, std::int64_t query) {
  std::string bytes;
  put(bytes, static_cast<std::uint8_t>(cursor.numbers.size()));
  for (const std::int64_t number : cursor.numbers) put(bytes, number);
  for (const std::string& text : cursor.texts) {
    put(bytes, static_cast<std::uint16_t>(text.size()));
    bytes += text;
  }
  put(bytes, seal(bytes, query));
  return to_base64(bytes);
}

Result<Cursor> read_cursor(std::string_view text, std::int64_t query) {
  const Failure refused = fail(Code::bad_value, "the page that is asked for is not one of this search", "_cursor",
                               "Follow the links of the first page");
  if (text.size() > kMostText) return refused;
  const auto bytes = from_base64(text);
  std::uint64_t sealed = 0;
  if (!bytes || bytes->size() < sizeof sealed) return refused;
  const std::string_view content = std::string_view(*bytes).substr(0, bytes->size() - sizeof sealed);
  std::memcpy(&sealed, bytes->data() + content.size(), sizeof sealed);
  if (sealed != seal(content, query)) return refused;
  auto cursor = unpack(content);
  if (!cursor) return refused;
  return std::move(*cursor);
}

}  // namespace yilian::records
