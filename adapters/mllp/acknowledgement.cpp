#include "adapters/mllp/acknowledgement.h"

#include <algorithm>

namespace yilian::mllp {
namespace {

bool well_formed_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || i + length > bytes.size()) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(bytes[i + k]) & 0xc0) != 0x80) return false;
    i += length;
  }
  return true;
}

// A segment's line cut at the separator. Where the text is not UTF-8 a byte of 0x81 or more is read as the first of a
// pair (GB18030, Big5), since the second of such a pair can be `|`.
class Fields {
 public:
  Fields(std::string_view line, char separator) : line_(line), separator_(separator), pairs_(!well_formed_utf8(line)) {}

  std::string_view next() {
    const auto from = at_;
    while (at_ < line_.size() && line_[at_] != separator_)
      at_ += pairs_ && static_cast<unsigned char>(line_[at_]) > 0x80 ? 2 : 1;
    const auto end = std::min(at_, line_.size());
    at_ = end + 1;
    return from < line_.size() ? line_.substr(from, end - from) : std::string_view();
  }
  std::string_view skip_to(int fields) {
    for (int i = 0; i < fields; ++i) next();
    return next();
  }

 private:
  std::string_view line_;
  char separator_;
  bool pairs_;
  std::size_t at_ = 0;
};

std::string_view without_mark(std::string_view message) {
  if (message.substr(0, 3) == "\xef\xbb\xbf") message.remove_prefix(3);
  const auto first = message.find_first_not_of("\r\n \t");
  return first == std::string_view::npos ? std::string_view() : message.substr(first);
}

std::string_view line_at(std::string_view message, std::size_t from) {
  return message.substr(from, message.find_first_of("\r\n", from) - from);
}

}  // namespace

Header skim_header(std::string_view message) {
  message = without_mark(message);
  if (message.size() < 8 || message.substr(0, 3) != "MSH") return {};
  Fields fields(line_at(message, 0), message[3]);
  Header out;
  out.control_id = fields.skip_to(9);  // MSH-1 is the separator itself, so MSH-10 is the tenth piece
  out.accept = fields.skip_to(4);
  out.application = fields.next();
  return out;
}

Acknowledgement skim_acknowledgement(std::string_view message) {
  message = without_mark(message);
  if (message.size() < 8 || message.substr(0, 3) != "MSH") return {};
  const char separator = message[3];
  for (auto at = message.find("MSA"); at != std::string_view::npos; at = message.find("MSA", at + 1)) {
    const bool begins_line = at > 0 && (message[at - 1] == '\r' || message[at - 1] == '\n');
    if (!begins_line || at + 3 >= message.size() || message[at + 3] != separator) continue;
    Fields fields(line_at(message, at), separator);
    fields.next();
    Acknowledgement out;
    out.code = fields.next();
    out.control_id = fields.next();
    out.text = fields.next();
    return out;
  }
  return {};
}

Expected expected_answers(const Header& header) {
  if (header.accept.empty() && header.application.empty()) return {false, true, false};
  const auto wanted = [](const std::string& condition) { return !condition.empty() && condition != "NE"; };
  const auto always = [](const std::string& condition) { return condition == "AL" || condition == "SU"; };
  Expected out{wanted(header.accept), wanted(header.application), false};
  out.only_errors = (out.accept || out.application) && !always(header.accept) && !always(header.application);
  return out;
}

}  // namespace yilian::mllp
