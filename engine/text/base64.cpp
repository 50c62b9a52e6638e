#include "engine/text/base64.h"

#include <array>

namespace yilian::text {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Values = std::array<std::int8_t, 256>;
constexpr Values values_of(std::string_view digits) {
  Values values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr Values kStandardValues = values_of(kStandard), kUrlValues = values_of(kUrl);

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::string to_base64(std::string_view bytes, Base64 alphabet, bool padded) {
  const std::string_view digits = alphabet == Base64::url ? kUrl : kStandard;
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += digits[held >> (bits - 6) & 63];
  }
  if (bits > 0) out += digits[held << (6 - bits) & 63];
  while (padded && out.size() % 4 != 0) out += '=';
  return out;
}

std::optional<std::string> from_base64(std::string_view text, Base64 alphabet) {
  const Values& values = alphabet == Base64::url ? kUrlValues : kStandardValues;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t held = 0;
  std::size_t digits = 0, padding = 0;
  for (const char c : text) {
    if (is_white(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::int8_t value = values[static_cast<unsigned char>(c)];
    if (value < 0 || padding > 0) return std::nullopt;
    held = held << 6 | static_cast<std::uint32_t>(value);
    if (++digits % 4 != 1) out += static_cast<char>(held >> (6 - 2 * ((digits - 1) % 4)) & 0xFF);
  }
  // One digit alone is no byte; where padding stands it fills the last four.
  const bool whole = (digits + padding) % 4 == 0 && padding <= 2;
  if (digits % 4 == 1 || !(whole || (alphabet == Base64::url && padding == 0))) return std::nullopt;
  return out;
}

}  // namespace yilian::text
