#include "engine/hl7v2/scanner.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/hl7v2/grammar.h"
#include "engine/hl7v2/header.h"
#include "engine/hl7v2/marks.h"

namespace yilian::hl7v2 {
namespace {

constexpr unsigned kShortestHeader = 9;  // a header without MSH-9 says nothing about what it heads
constexpr unsigned kVersionField = 12;   // a header has at least this where another segment may be joined to it

Issue not_hl7(std::string_view text) {
  const std::size_t at = skip_padding(text, 0);
  const char first = at < text.size() ? text[at] : '\0';
  std::string what = "this is no HL7 v2 message: it does not begin with MSH";
  std::string cure = "send HL7 v2 in its |^~\\& form, its first segment being MSH";
  if (at == text.size()) {
    what = "the message is empty";
  } else if (first == '<') {
    what = "this is XML, not HL7 v2 in its |^~\\& form";
  } else if (first == '{' || first == '[') {
    what = "this is JSON, not HL7 v2";
  } else if (id_at(text, at, "MSH")) {
    what = "MSH is not followed by a field separator";
  } else if (id_at(text, at, "FHS") || id_at(text, at, "BHS")) {
    what = "a batch without a message in it";
    cure = "put at least one message between BHS and BTS";
  }
  return {Code::bad_syntax, Severity::error, "MSH", std::move(what), std::move(cure)};
}

Issue second_header() {
  return {Code::bad_structure, Severity::error, "MSH", "a second MSH: these are several messages in one",
          "send each message in a frame of its own"};
}

void collect(const Particle& root, std::vector<std::string_view>& ids) {
  std::vector<const Particle*> left{&root};
  while (!left.empty()) {
    const Particle* particle = left.back();
    left.pop_back();
    if (!particle->group) ids.push_back(particle->name);
    for (const Particle& child : particle->children) left.push_back(&child);
  }
}

}  // namespace

Result<void> Message::Scanner::run() {
  std::string& text = m_.text_;
  if (text.size() > std::min<std::size_t>(limits_.message_bytes, std::numeric_limits<std::uint32_t>::max() - 64)) {
    return fail(Code::too_large,
                "the message has " + std::to_string(text.size()) + " bytes, more than the limit of " +
                    std::to_string(limits_.message_bytes),
                {}, "send large documents in parts, or raise the limit");
  }
  YL_TRY(const std::size_t begin, open_header());
  end_ = text.size();
  while (end_ > begin && is_padding(text[end_ - 1])) --end_;
  const auto* cr = static_cast<const char*>(std::memchr(text.data() + begin, '\r', end_ - begin));
  const auto* lf = static_cast<const char*>(std::memchr(text.data() + begin, '\n', end_ - begin));
  single_line_ = cr == nullptr && lf == nullptr;
  cr_ends_ = cr != nullptr && (lf == nullptr || lf > cr + 1);
  if (std::memchr(text.data() + begin, '\0', end_ - begin) != nullptr)
    m_.note("MSH", "NUL bytes inside the message; they stay where they are");
  m_.fields_.reserve((end_ - begin) / 6 + 32);
  m_.segments_.reserve((end_ - begin) / 64 + 8);
  index(begin);
  if (!refusal_.what.empty()) return Failure(refusal_);
  if (m_.field_count(0) < kShortestHeader) {
    return fail(Code::bad_structure,
                "MSH has only " + std::to_string(m_.field_count(0)) + " fields; the message type in MSH-9 is missing",
                "MSH", "send at least MSH-9, MSH-10 and MSH-12");
  }
  return {};
}

Result<std::size_t> Message::Scanner::open_header() {
  const std::size_t begin = skip_padding(m_.text_, 0);
  if (!header_at(m_.text_, begin)) return Failure(not_hl7(m_.text_));
  YL_TRY(const Declared declared, read_delimiters(m_.text_, begin));
  m_.delimiters_ = declared.delimiters;
  if (declared.odd != nullptr) m_.note("MSH-2", declared.odd);
  return begin;
}

void Message::Scanner::index(std::size_t begin) {
  open(begin);
  resume_ = begin;
  const char* const text = m_.text_.data();
  const char separator = m_.delimiters_.field;
  for_each_mark(text, begin, end_, separator, [this, text, separator](std::size_t at) {
    if (text[at] == separator) {
      // Most fields cannot end in the id of a joined segment, and need no closer look.
      if (!single_line_ && at != field_start_ + 3u) {
        field_start_ = static_cast<std::uint32_t>(at + 1);
        m_.fields_.push_back(field_start_);
      } else {
        on_separator(at);
      }
    } else if (at >= resume_) {
      on_break(at);
    }
  });
  close(end_);
}

void Message::Scanner::open(std::size_t at) {
  if (m_.segments_.size() >= limits_.segments) {
    if (refusal_.what.empty()) {
      refusal_ = {Code::too_large,
                  Severity::error,
                  {},
                  "more than " + std::to_string(limits_.segments) + " segments",
                  "split the message, or raise the limit"};
    }
    return;
  }
  m_.segments_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at),
                          static_cast<std::uint32_t>(m_.fields_.size()), 0});
  if (m_.segments_.size() == 1)
    m_.fields_.push_back(static_cast<std::uint32_t>(at + 3));  // MSH-1 is the separator itself
  continued_ = false;
  char* const id = m_.text_.data() + at;
  if (upper(id[0]) == id[0] && upper(id[1]) == id[1] && upper(id[2]) == id[2]) return;
  std::transform(id, id + 3, id, upper);
  note_here("the segment id is not in upper case");
}

void Message::Scanner::close(std::size_t end) {
  if (!refusal_.what.empty()) return;
  Message::Line& line = m_.segments_.back();
  line.end = static_cast<std::uint32_t>(end);
  line.field_count = static_cast<std::uint32_t>(m_.fields_.size()) - line.first_field;
  if (line.field_count > limits_.fields_per_segment) {
    refusal_ = {Code::too_large, Severity::error, std::string(m_.segment_id(m_.segments_.size() - 1)),
                "more than " + std::to_string(limits_.fields_per_segment) + " fields in a segment",
                "check the segment separators of the message"};
  }
}

std::size_t Message::Scanner::separators() const {
  return m_.fields_.size() - m_.segments_.back().first_field - (m_.segments_.size() == 1 ? 1 : 0);
}

void Message::Scanner::on_separator(std::size_t at) {
  if (!refusal_.what.empty()) return;
  const std::size_t size = at - field_start_;
  if (size >= 3 && (single_line_ || size == 3) && separators() > 0 && glued(at)) {
    if (size == 3) m_.fields_.pop_back();
    close(size == 3 ? field_start_ - 1u : at - 3);
    open(at - 3);
    if (!refusal_.what.empty()) return;
    note_here("the segment is not separated from the one before it");
  }
  field_start_ = static_cast<std::uint32_t>(at + 1);
  m_.fields_.push_back(field_start_);
}

void Message::Scanner::on_break(std::size_t at) {
  if (!refusal_.what.empty()) return;
  std::size_t next = at;
  bool cr = false;
  for (; next < end_ && is_padding(m_.text_[next]); ++next) cr = cr || m_.text_[next] == '\r';
  resume_ = next;
  if (next >= end_) return;
  // A header cut off after its id counts too: what follows it would be another patient's.
  const bool cut_off = id_at(m_.text_, next, "MSH") && (next + 3 == end_ || is_break(m_.text_[next + 3]));
  if (header_at(m_.text_, next) || cut_off) {
    refusal_ = second_header();
  } else if (starts_segment(next, cr_ends_ && !cr)) {
    close(at);
    open(next);
  } else if (!continued_) {
    continued_ = true;
    note_here("a line that begins no segment was taken as more of the field before it");
  }
}

// Three id characters and the field separator; or a known segment without any field.
bool Message::Scanner::starts_segment(std::size_t at, bool doubtful) const {
  const std::string& text = m_.text_;
  if (at + 3 > end_ || !is_letter(text[at])) return false;
  char id[3];
  bool lower = false;
  for (std::size_t i = 0; i < 3; ++i) {
    const char c = text[at + i];
    if (!is_letter(c) && !is_digit(c)) return false;
    id[i] = upper(c);
    lower = lower || id[i] != c;
  }
  const std::string_view name(id, 3);
  if (at + 3 == end_ || is_break(text[at + 3])) return !lower && is_segment(name);
  if (text[at + 3] != m_.delimiters_.field) return false;
  return (!lower && !doubtful) || id[0] == 'Z' || is_segment(name);
}

// Whether the field that ends at the separator `at` ends in the id of a next segment, its line end having been lost.
// That is believed only of segments that the message's structure has, when what follows is what they begin with, and
// when no line end came at all (or none after MSH).
bool Message::Scanner::glued(std::size_t at) {
  const std::string& text = m_.text_;
  const std::string_view id(text.data() + at - 3, 3);
  if (id[0] < 'A' || id[0] > 'Z' || !is_segment(id)) return false;
  const bool in_header = m_.segments_.size() == 1;
  if (id == "MSH" &&
      (!in_header ||
       separators() >= kShortestHeader)) {  // a whole message joined to this one, if its own encoding characters follow
    const std::string_view own = std::string_view(text).substr(m_.fields_[m_.segments_.front().first_field + 1], 4);
    if (std::string_view(text).substr(at + 1, own.size()) == own) refusal_ = second_header();
  }
  if (id == "MSH") return false;
  const bool whole_field = at == field_start_ + 3u;
  if (in_header && separators() < (whole_field ? kVersionField : kVersionField - 1)) return false;
  if (!expected(id)) return false;
  std::size_t stop = at + 1;
  bool number = true;
  while (stop < end_ && stop < at + 6 && text[stop] != m_.delimiters_.field && !is_break(text[stop]))
    number = is_digit(text[stop++]) && number;
  const std::size_t size = stop - at - 1;
  const FieldFacts* first = field_facts(id, 1);
  const bool counts = first != nullptr && first->datatype == "SI";
  if (counts && !number) return false;
  if (single_line_) return whole_field || size <= 3;
  if (in_header) return whole_field;
  // Between segments that have ends it may as well be data: told, not done.
  if (whole_field && counts && size > 0)
    note_here("a field holds nothing but the id of a segment; were two segments joined here?");
  return false;
}

// What MSH-9 names, while the index is still being made; nullptr when it names nothing known, or the header ends before
// it.
const Particle* Message::Scanner::declared_structure() const {
  const Line& header = m_.segments_.front();
  const std::size_t fields = m_.segments_.size() == 1 ? m_.fields_.size() : header.field_count;
  if (fields < kShortestHeader) return nullptr;
  const Delimiters& d = m_.delimiters_;
  std::string_view type = std::string_view(m_.text_).substr(m_.fields_[header.first_field + kShortestHeader - 1]);
  type = type.substr(0, type.find_first_of(std::string{d.field, '\r', '\n'}));
  const std::string_view name = component(type, 1, d);
  return hl7v2::structure(name == "ACK" ? name : structure_of(name, component(type, 2, d)));
}

bool Message::Scanner::expected(std::string_view id) {
  if (!learned_) {
    learned_ = true;
    const Particle* found = declared_structure();
    if (found != nullptr) {
      collect(*found, expected_);
    } else {
      expected_ = {"EVN", "PID", "PD1", "NK1", "PV1", "PV2", "ORC", "OBR", "OBX", "NTE",
                   "AL1", "DG1", "IN1", "SPM", "TXA", "SCH", "MSA", "MRG", "RXA"};
    }
  }
  return std::find(expected_.begin(), expected_.end(), id) != expected_.end();
}

void Message::Scanner::note_here(const char* what) {
  const std::size_t segment = m_.segments_.size() - 1;
  const std::string_view id = m_.segment_id(segment);
  std::size_t number = 1;
  if (m_.notices_.size() < 100) {
    for (std::size_t i = 0; i < segment; ++i) number += m_.segment_id(i) == id;
  }
  m_.note(std::string(id) + "[" + std::to_string(number) + "]", what);
}

}  // namespace yilian::hl7v2
