#include "engine/records/search/cursor.h"

#include <xxhash.h>

#include <cstring>

#include "engine/text/base64.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostText = 4096;

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
  return text::to_base64(bytes, text::Base64::url, false);
}

Result<Cursor> read_cursor(std::string_view given, std::int64_t query) {
  const Failure refused = fail(Code::bad_value, "the page that is asked for is not one of this search", "_cursor",
                               "Follow the links of the first page");
  if (given.size() > kMostText) return refused;
  const auto bytes = text::from_base64(given, text::Base64::url);
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
