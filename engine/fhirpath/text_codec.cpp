#include "engine/fhirpath/text_codec.h"

#include <array>
#include <charconv>

#include "engine/text/base64.h"
#include "engine/text/encoding.h"
#include "engine/text/utf8.h"

namespace yilian::fhirpath {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const char* const end = text.data() + i + 2;
    const auto [last, error] = std::from_chars(text.data() + i, end, value, 16);
    if (error != std::errc() || last != end) return std::nullopt;
    out += static_cast<char>(value);
  }
  return out;
}

std::optional<std::string> if_text(std::optional<std::string> made) {
  if (made && !text::valid_utf8(*made)) return std::nullopt;
  return made;
}

struct Entity {
  char character;
  std::string_view name;
};
constexpr std::array<Entity, 5> kEntities{
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};

std::string to_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    std::string_view put(&c, 1);
    for (const Entity& each : kEntities) {
      if (each.character == c) put = each.name;
    }
    out += put;
  }
  return out;
}

// The character of "&#65;" or "&#x41;" and where it ends; 0: there is none.
char32_t numeric_entity(std::string_view text, std::size_t& size) {
  const std::size_t end = text.find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos) return 0;
  std::string_view digits = text.substr(2, end - 2);
  const bool hex = digits.starts_with('x');
  if (hex) digits.remove_prefix(1);
  std::uint32_t value = 0;
  const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (error != std::errc() || last != digits.data() + digits.size()) return 0;
  if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
  size = end + 1;
  return value;
}

std::string from_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    char32_t found = 0;
    if (text.front() == '&') {
      for (const Entity& each : kEntities) {
        if (!text.starts_with(each.name)) continue;
        found = static_cast<unsigned char>(each.character);
        size = each.name.size();
      }
      if (found == 0) found = numeric_entity(text.substr(0, 12), size);
    }
    if (found != 0) {
      text::append_character(out, found);
    } else {
      out += text.front();
    }
    text.remove_prefix(size);
  }
  return out;
}

constexpr std::string_view kEscapes = "\"\"\\\\b\bf\fn\nr\rt\t";  // name, character, name, …

std::string to_json(std::string_view text) {
  std::string out;
  for (const char c : text) {
    std::size_t i = 1;
    while (i < kEscapes.size() && kEscapes[i] != c) i += 2;
    if (i < kEscapes.size()) {
      out += '\\';
      out += kEscapes[i - 1];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += to_hex({&c, 1});
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> from_json(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    if (++at == text.size()) return std::nullopt;
    std::size_t i = 0;
    while (i < kEscapes.size() && kEscapes[i] != text[at]) i += 2;
    if (i < kEscapes.size()) {
      out += kEscapes[i + 1];
    } else if (text[at] == '/') {
      out += '/';
    } else if (text[at] == 'u' && text.size() - at > 4) {
      std::uint32_t value = 0;
      const char* const end = text.data() + at + 5;
      const auto [last, error] = std::from_chars(text.data() + at + 1, end, value, 16);
      if (error != std::errc() || last != end || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
      text::append_character(out, value);
      at += 4;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> encoded_text(std::string_view text, std::string_view form, bool& known) {
  if (form == "base64") return text::to_base64(text);
  if (form == "urlbase64") return text::to_base64(text, text::Base64::url);
  if (form == "hex") return to_hex(text);
  known = false;
  return std::nullopt;
}

std::optional<std::string> decoded_text(std::string_view text, std::string_view form, bool& known) {
  if (form == "base64") return if_text(text::from_base64(text));
  if (form == "urlbase64") return if_text(text::from_base64(text, text::Base64::url));
  if (form == "hex") return if_text(from_hex(text));
  known = false;
  return std::nullopt;
}

std::optional<std::string> escaped_text(std::string_view text, std::string_view form, bool& known) {
  if (form == "html") return to_html(text);
  if (form == "json") return to_json(text);
  known = false;
  return std::nullopt;
}

std::optional<std::string> unescaped_text(std::string_view text, std::string_view form, bool& known) {
  if (form == "html") return from_html(text);
  if (form == "json") return from_json(text);
  known = false;
  return std::nullopt;
}

}  // namespace yilian::fhirpath
