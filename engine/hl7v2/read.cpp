// Raw bytes to a message: the charset is decided before anything is split.

#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {
namespace {

// MSH-18's first repetition, as it stands in bytes whose header is ASCII-compatible; empty when it is not there.
std::string_view declared_charset(std::string_view raw) {
  const std::size_t begin = raw.find("MSH");
  if (begin == std::string_view::npos || begin > 64 || begin + 8 > raw.size()) return {};
  std::string_view line = raw.substr(begin, 8192);
  line = line.substr(0, line.find_first_of("\r\n"));
  const char separator = line[3];
  const char repetition = line.size() > 5 && line[5] != separator ? line[5] : '~';
  std::size_t at = 3;
  for (int field = 2; field < 18; ++field) {
    at = line.find(separator, at + 1);
    if (at == std::string_view::npos) return {};
  }
  std::string_view value = line.substr(at + 1);
  value = value.substr(0, value.find(separator));
  value = value.substr(0, value.find(repetition));
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return value;
}

}  // namespace

Result<Read> read(std::string_view raw, std::optional<text::Charset> otherwise, const Limits& limits) {
  if (raw.size() > limits.message_bytes) {
    return fail(Code::too_large, "the message has " + std::to_string(raw.size()) + " bytes, more than " + std::to_string(limits.message_bytes), "", "split it, or raise max-message of the feed");
  }
  const std::string declared(declared_charset(raw));
  YL_TRY(auto decoded, text::decode(raw, declared, otherwise));
  YL_TRY(auto message, Message::parse(std::move(decoded.utf8), limits));
  if (decoded.declared_wrong) {
    message.note("MSH-18", "says '" + declared.substr(0, 40) + "', but the bytes are " + std::string(text::name(decoded.charset)));
  }
  return Read{std::move(message), decoded.charset};
}

}  // namespace yilian::hl7v2
