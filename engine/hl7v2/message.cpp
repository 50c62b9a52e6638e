#include "engine/hl7v2/message.h"

#include <algorithm>
#include <cstring>

#include "engine/hl7v2/grammar.h"

namespace yilian::hl7v2 {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_alnum(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || c == '\x0B' || c == '\x1C'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// A delimiter that could stand for itself: printable, neither letter, digit, nor blank.
bool may_delimit(char c) { return c > ' ' && c < 0x7F && !is_alnum(c); }

bool looks_like_id(std::string_view line, char field) {
  return line.size() >= 3 && is_letter(line[0]) && is_alnum(line[1]) && is_alnum(line[2]) && (line.size() == 3 || line[3] == field);
}

bool known_id(std::string_view id) {
  const char text[3] = {upper(id[0]), upper(id[1]), upper(id[2])};
  return text[0] == 'Z' || is_segment({text, 3});
}

bool is_header(std::string_view id) { return id == "MSH" || id == "FHS" || id == "BHS"; }

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 24)) {
    const auto u = static_cast<unsigned char>(c);
    out.push_back(u >= 0x20 && u < 0x7F ? c : '.');
  }
  return out.append(text.size() > 24 ? "…'" : "'");
}

}  // namespace

// One pass over the text: where segments begin and end, and where their fields begin.
class Message::Scanner {
 public:
  Scanner(Message& message, const Limits& limits) : m_(message), text_(message.text_), limits_(limits) {}

  Result<void> run() {
    std::size_t at = 0;
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at = 3;
    while (at < text_.size() && is_blank(text_[at])) ++at;
    YL_CHECK(delimiters(at));
    return lines(at);
  }

 private:
  Result<void> delimiters(std::size_t at) {
    const std::string_view head = text_.substr(at);
    if (head.size() < 4 || upper(head[0]) != 'M' || upper(head[1]) != 'S' || upper(head[2]) != 'H' || !may_delimit(head[3])) {
      return fail(Code::bad_syntax, "this is no HL7 v2 message: it begins with " + quoted(head) + " instead of MSH", "", "send HL7 v2 that begins with MSH and its field separator");
    }
    Delimiters& d = m_.delimiters_;
    d.field = head[3];
    const std::size_t end = head.find_first_of(std::string{d.field, '\r', '\n'}, 4);
    const std::string_view encoding = head.substr(4, end == std::string_view::npos ? std::string_view::npos : end - 4);
    if (encoding.empty() || encoding.size() > 5) {
      return fail(Code::bad_structure, "MSH-2 has " + std::to_string(encoding.size()) + " encoding characters instead of 4", "MSH-2", "send MSH|^~\\& or declare others there");
    }
    char* const parts[] = {&d.component, &d.repetition, &d.escape, &d.subcomponent, &d.truncation};
    for (std::size_t i = 0; i < encoding.size(); ++i) {
      if (!may_delimit(encoding[i]) || encoding[i] == d.field) return fail(Code::bad_structure, quoted(encoding) + " cannot be encoding characters", "MSH-2", "send MSH|^~\\& or declare others there");
      *parts[i] = encoding[i];
    }
    if (encoding.size() < 4) m_.note("MSH-2", "declares only " + std::to_string(encoding.size()) + " of 4 encoding characters; the usual ones stand in for the others");
    for (std::size_t i = 1; i < encoding.size(); ++i) {
      if (encoding.substr(0, i).find(encoding[i]) != std::string_view::npos) m_.note("MSH-2", "declares '" + std::string(1, encoding[i]) + "' twice");
    }
    return {};
  }

  Result<void> lines(std::size_t at) {
    const std::size_t first_break = text_.find_first_of("\r\n", at);
    // Where CR ends segments, LF is data unless a segment that is known follows it.
    const bool cr_message = first_break != std::string_view::npos && text_[first_break] == '\r' && (first_break + 1 >= text_.size() || text_[first_break + 1] != '\n');
    bool after_lf = false;
    while (at < text_.size()) {
      std::size_t end = text_.find_first_of("\r\n", at);
      if (end == std::string_view::npos) end = text_.size();
      const std::string_view line = text_.substr(at, end - at);
      YL_CHECK(take_line(line, at, end, after_lf && cr_message));
      if (end < text_.size()) {
        after_lf = text_[end] == '\n';
        ++end;
        if (text_[end - 1] == '\r' && end < text_.size() && text_[end] == '\n') ++end;
      }
      at = end;
    }
    return {};
  }

  Result<void> take_line(std::string_view line, std::size_t at, std::size_t end, bool doubtful) {
    std::size_t begin = at;
    while (begin < end && (text_[begin] == ' ' || text_[begin] == '\t' || text_[begin] == '\x0B')) ++begin;
    const std::string_view trimmed = text_.substr(begin, end - begin);
    const bool blank = std::all_of(line.begin(), line.end(), is_blank);
    if (blank) return {};
    if (looks_like_id(trimmed, m_.delimiters_.field) && (!doubtful || known_id(trimmed)) && (begin == at || known_id(trimmed))) return segment(begin, end);
    if (m_.segments_.empty()) return segment(begin, end);
    return continuation(end);
  }

  Result<void> segment(std::size_t begin, std::size_t end) {
    if (m_.segments_.size() >= limits_.segments) return fail(Code::too_large, "more than " + std::to_string(limits_.segments) + " segments", "", "split the message");
    for (std::size_t i = begin; i < begin + 3; ++i) m_.text_[i] = upper(m_.text_[i]);
    const bool header = is_header(text_.substr(begin, 3));
    m_.segments_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(m_.fields_.size()), 0});
    if (header) m_.fields_.push_back(static_cast<std::uint32_t>(begin + 3));
    return fields(begin + 3, end);
  }

  // A line that is no segment belongs to the last field before it, line break and all.
  Result<void> continuation(std::size_t end) {
    Line& last = m_.segments_.back();
    const std::size_t from = last.end;
    last.end = static_cast<std::uint32_t>(end);
    if (continued_ != m_.segments_.size()) {
      continued_ = m_.segments_.size();
      m_.note(std::string(text_.substr(last.begin, 3)) + "[line " + std::to_string(m_.segments_.size()) + "]", "a line that begins no segment was taken as more of the field before it");
    }
    return fields(from, end);
  }

  Result<void> fields(std::size_t from, std::size_t end) {
    const char separator = m_.delimiters_.field;
    const char* const base = text_.data();
    const char* p = base + from;
    const char* const stop = base + end;
    while (p < stop && (p = static_cast<const char*>(std::memchr(p, separator, static_cast<std::size_t>(stop - p)))) != nullptr) {
      ++p;
      m_.fields_.push_back(static_cast<std::uint32_t>(p - base));
    }
    Line& line = m_.segments_.back();
    line.field_count = static_cast<std::uint32_t>(m_.fields_.size()) - line.first_field;
    if (line.field_count > limits_.fields_per_segment) {
      return fail(Code::too_large, "more than " + std::to_string(limits_.fields_per_segment) + " fields in one segment", std::string(text_.substr(line.begin, 3)));
    }
    return {};
  }

  Message& m_;
  std::string_view text_;
  const Limits& limits_;
  std::size_t continued_ = 0;
};

namespace {

// Segments glued together without any separator (seen from Chinese senders): a field that is nothing but the id of a well-known segment begins one.
// Only when the whole message has no line break at all; the separator before the id becomes the break.
bool part_glued_segments(std::string& text) {
  if (text.find_first_of("\r\n") < text.size() - 1 || text.size() < 8) return false;
  static constexpr std::string_view ids[] = {"EVN", "PID", "PD1", "NK1", "PV1", "PV2", "MRG", "ORC", "OBR", "OBX", "NTE", "DG1", "AL1", "IN1", "SPM", "TXA", "SCH", "RGS", "AIS", "AIG", "AIL", "AIP", "RXO", "RXA", "RXR", "TQ1", "PR1", "GT1", "MSA", "ERR", "QRD", "QPD"};
  const char separator = text[3];
  bool parted = false;
  for (std::size_t at = text.find(separator); at != std::string::npos; at = text.find(separator, at + 1)) {
    const std::string_view id = std::string_view(text).substr(at + 1, 3);
    if (at + 4 >= text.size() || text[at + 4] != separator || std::find(std::begin(ids), std::end(ids), id) == std::end(ids)) continue;
    text[at] = '\r';
    parted = true;
  }
  return parted;
}

}  // namespace

Result<Message> Message::parse(std::string text, const Limits& limits) {
  if (text.size() > limits.message_bytes) {
    return fail(Code::too_large, "the message has " + std::to_string(text.size()) + " bytes, more than " + std::to_string(limits.message_bytes), "", "split it, or raise max-message of the feed");
  }
  Message message;
  const bool parted = text.size() > 3 && part_glued_segments(text);
  message.text_ = std::move(text);
  if (parted) message.note("MSH", "the segments stood without separators between them and were told apart by their ids");
  message.segments_.reserve(16);
  message.fields_.reserve(message.text_.size() / 16 + 8);
  Scanner scanner(message, limits);
  YL_CHECK(scanner.run());
  if (message.field_count(0) < 9) {
    return fail(Code::bad_structure, "MSH has only " + std::to_string(message.field_count(0)) + " fields; the message type in MSH-9 is missing", "MSH", "send at least MSH-9, MSH-10 and MSH-12");
  }
  message.read_header();
  return message;
}

void Message::read_header() {
  const std::string_view field9 = repetition(field(0, 9), 1, delimiters_);
  type_ = std::string(component(field9, 1, delimiters_));
  event_ = std::string(component(field9, 2, delimiters_));
  std::string declared(component(field9, 3, delimiters_));
  if (const std::size_t underscore = type_.find('_'); underscore != std::string::npos && event_.empty()) {
    declared = type_;
    event_ = type_.substr(underscore + 1);
    type_.resize(underscore);
  }
  if (event_.empty()) {
    if (const std::size_t evn = find("EVN"); evn != npos) event_ = std::string(component(field(evn, 1), 1, delimiters_));
    if (!event_.empty()) note("MSH-9", "names no event; EVN-1 does");
  }
  const std::string_view derived = structure_of(type_, event_);
  if (!derived.empty()) {
    structure_ = std::string(derived);
    if (!declared.empty() && declared != derived) note("MSH-9.3", "says '" + declared.substr(0, 24) + "', but " + type_ + "^" + event_ + " has structure " + structure_);
  } else {
    structure_ = !declared.empty() ? declared : event_.empty() ? type_ : type_ + "_" + event_;
  }
}

std::string_view Message::segment_id(std::size_t segment) const { return std::string_view(text_).substr(segments_[segment].begin, 3); }

std::string_view Message::segment_text(std::size_t segment) const {
  const Line& line = segments_[segment];
  return std::string_view(text_).substr(line.begin, line.end - line.begin);
}

unsigned Message::field_count(std::size_t segment) const { return segments_[segment].field_count; }

std::string_view Message::field(std::size_t segment, unsigned number) const {
  const Line& line = segments_[segment];
  if (number == 0 || number > line.field_count) return {};
  const std::uint32_t begin = fields_[line.first_field + number - 1];
  if (number == 1 && text_[begin] == delimiters_.field && begin == line.begin + 3) return std::string_view(text_).substr(begin, 1);
  const std::uint32_t end = number < line.field_count ? fields_[line.first_field + number] - 1 : line.end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::size_t Message::find(std::string_view id, std::size_t from) const {
  for (std::size_t i = from; i < segments_.size(); ++i) {
    if (segment_id(i) == id) return i;
  }
  return npos;
}

std::string_view Message::control_id() const { return field(0, 10); }
std::string_view Message::version() const { return component(field(0, 12), 1, delimiters_); }

namespace {

std::string_view part(std::string_view whole, std::size_t number, char separator) {
  for (std::size_t n = 1; n < number; ++n) {
    const std::size_t at = whole.find(separator);
    if (at == std::string_view::npos) return whole.substr(whole.size());
    whole.remove_prefix(at + 1);
  }
  const std::size_t end = whole.find(separator);
  return end == std::string_view::npos ? whole : whole.substr(0, end);
}

}  // namespace

std::string_view repetition(std::string_view field, std::size_t number, const Delimiters& d) { return part(field, number, d.repetition); }
std::string_view component(std::string_view repetition, std::size_t number, const Delimiters& d) { return part(repetition, number, d.component); }
std::string_view subcomponent(std::string_view component, std::size_t number, const Delimiters& d) { return part(component, number, d.subcomponent); }

std::size_t repetition_count(std::string_view field, const Delimiters& d) {
  return field.empty() ? 0 : static_cast<std::size_t>(std::count(field.begin(), field.end(), d.repetition)) + 1;
}

}  // namespace yilian::hl7v2
