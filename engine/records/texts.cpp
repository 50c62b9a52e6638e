#include "engine/records/texts.h"

#include <algorithm>

#include "engine/fhir/xml_narrative.h"
#include "engine/text/utf8.h"

namespace yilian::records {
namespace {

constexpr std::size_t kUuid = 36;
constexpr std::string_view kUrn = "urn:";

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_uuid(std::string_view text) {
  if (text.size() != kUuid || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
  return std::ranges::all_of(text, [](char c) { return is_hex(c) || c == '-'; });
}

// The character of `&…;`; 0: it is none.
char32_t character_of(std::string_view entity) {
  constexpr std::pair<std::string_view, char32_t> kOfXml[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  if (!entity.starts_with('#')) {
    for (const auto& [name, character] : kOfXml) {
      if (entity == name) return character;
    }
    return fhir::latin_character(entity);
  }
  entity.remove_prefix(1);
  const bool hexadecimal = entity.starts_with('x');
  if (hexadecimal) entity.remove_prefix(1);
  char32_t out = 0;
  for (const char c : entity) {
    if (!is_hex(c) || (!hexadecimal && c > '9')) return 0;
    const auto digit = static_cast<char32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    out = out * (hexadecimal ? 16 : 10) + digit;
    if (out > 0x10FFFF) return 0;
  }
  return out >= 0xD800 && out <= 0xDFFF ? 0 : out;
}

}  // namespace

bool has_words(std::string_view text) {
  if (text.size() < kUrn.size()) return !text.empty();
  if (text.size() == kUuid) return !is_uuid(text);
  if (text.starts_with(kUrn)) return text.find(' ') != std::string_view::npos;
  return !(text.starts_with("http") && text.find("://") != std::string_view::npos && text.find(' ') == std::string_view::npos);
}

std::string without_tags(std::string_view div) {
  constexpr std::size_t kLongestEntity = 10;
  std::string out;
  out.reserve(div.size());
  bool within = false;
  for (std::size_t at = 0; at < div.size(); ++at) {
    const char c = div[at];
    if (c == '<') within = true;
    if (within) {
      if (c != '>') continue;
      within = false;
      out += ' ';
      continue;
    }
    const std::size_t end = c == '&' ? div.substr(0, at + kLongestEntity).find(';', at) : std::string_view::npos;
    const char32_t character = end == std::string_view::npos ? 0 : character_of(div.substr(at + 1, end - at - 1));
    if (character == 0) {
      out += c;
    } else {
      text::append_character(out, character);
      at = end;
    }
  }
  return out;
}

}  // namespace yilian::records
