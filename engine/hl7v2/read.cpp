// Raw bytes to a message: the charset is decided before anything is split.

#include <algorithm>

#include "engine/hl7v2/header.h"
#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {
namespace {

constexpr std::size_t kLongestHeader = 8192;

// The next separator in the header. With `pairs`, a byte of 0x81 or more takes the next one with it, as in GB18030,
// whose second byte may be any delimiter.
std::size_t next_separator(std::string_view line, std::size_t at, char separator, bool pairs) {
  for (; at < line.size(); ++at) {
    if (line[at] == separator) return at;
    if (pairs && static_cast<unsigned char>(line[at]) >= 0x81) ++at;
  }
  return std::string_view::npos;
}

// MSH-18 as it stands in bytes whose header is ASCII-compatible; empty when it is not there.
std::string_view charset_field(std::string_view line, bool pairs) {
  const char separator = line[3];
  std::size_t at = 3;
  for (int field = 2; field < 18 && at != std::string_view::npos; ++field)
    at = next_separator(line, at + 1, separator, pairs);
  if (at == std::string_view::npos) return {};
  const std::string_view value = line.substr(at + 1);
  return value.substr(0, value.find(separator));
}

// The first repetition of MSH-18 that names a charset, else the first; without its blanks and further components.
std::string_view declared_charset(std::string_view raw) {
  const std::size_t begin = skip_padding(raw, 0);
  if (!header_at(raw, begin)) return {};
  std::string_view line = raw.substr(begin, kLongestHeader);
  line = line.substr(0, static_cast<std::size_t>(std::find_if(line.begin(), line.end(), is_break) - line.begin()));
  const auto declared = read_delimiters(line, 0);
  if (!declared) return {};
  const auto named = [&](std::string_view value) -> std::string_view {
    std::string_view first;
    for (std::size_t n = 1; n <= 4 && n <= repetition_count(value, declared->delimiters); ++n) {
      std::string_view name = component(repetition(value, n, declared->delimiters), 1, declared->delimiters);
      while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
      if (text::charset_named(name)) return name;
      if (first.empty()) first = name;
    }
    return first;
  };
  const std::string_view plain = named(charset_field(line, false));
  if (text::charset_named(plain)) return plain;
  if (std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return plain;
  const std::string_view paired = named(charset_field(line, true));
  return text::charset_named(paired) ? paired : plain;
}

}  // namespace

Result<Read> read(std::string_view raw, std::optional<text::Charset> otherwise, const Limits& limits) {
  if (raw.size() > limits.message_bytes) {
    return fail(
        Code::too_large,
        "the message has " + std::to_string(raw.size()) + " bytes, more than " + std::to_string(limits.message_bytes),
        "", "split it, or raise max-message of the feed");
  }
  const std::string declared(declared_charset(raw));
  YL_TRY(auto decoded, text::decode(raw, declared, otherwise));
  YL_TRY(auto message, Message::parse(std::move(decoded.utf8), limits));
  if (decoded.declared_wrong) {
    message.note("MSH-18", "says '" + declared.substr(0, 40) + "', but the bytes are " +
                               std::string(text::name(decoded.charset)));
  }
  return Read{std::move(message), decoded.charset};
}

}  // namespace yilian::hl7v2
