#pragma once
// An HL7 v2 message as an index over its text: segments and fields by offset, everything below a field split when asked. No copy per field.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/text/encoding.h"

namespace yilian::hl7v2 {

struct Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  char truncation = '\0';  // 2.7's '#', '\0' when not declared
};

struct Limits {
  std::size_t message_bytes = 64u << 20;
  std::size_t segments = 200'000;
  std::size_t fields_per_segment = 2'000;
};

// Something odd that was tolerated: it is told, kept with the message, and never silent.
struct Notice {
  std::string where;  // "OBX[3]", "MSH-18"
  std::string what;
};

class Message {
 public:
  // `text` is UTF-8 (see decode below). Takes CR, LF, CRLF or mixed as segment ends; a line that does not start a segment continues the field before it;
  // segments glued together without any separator are told apart by known ids where that is safe; BOM and leading blanks are skipped.
  // Errors: bad_syntax (no MSH, not HL7 at all), bad_structure (MSH too short or of impossible delimiters, a second MSH: see batch.h), too_large.
  static Result<Message> parse(std::string text, const Limits& limits = {});

  std::string_view text() const { return text_; }
  const Delimiters& delimiters() const { return delimiters_; }
  const std::vector<Notice>& notices() const { return notices_; }
  void note(std::string where, std::string what);  // the first hundred are kept

  std::size_t segment_count() const { return segments_.size(); }
  std::string_view segment_id(std::size_t segment) const;    // "OBX", upper case
  std::string_view segment_text(std::size_t segment) const;  // the raw line, without its end
  unsigned field_count(std::size_t segment) const;           // number of the last field that is there
  // Field `number` as in the standard (MSH-1 is the separator, MSH-2 the encoding characters); empty when absent. Still escaped.
  std::string_view field(std::size_t segment, unsigned number) const {
    const Line& line = segments_[segment];
    if (number - 1u >= line.field_count) return {};
    const std::uint32_t begin = fields_[line.first_field + number - 1];
    if (number == 1 && begin == line.begin + 3 && text_[begin] == delimiters_.field) return {text_.data() + begin, 1};
    const std::uint32_t end = number < line.field_count ? fields_[line.first_field + number] - 1 : line.end;
    return {text_.data() + begin, end - begin};
  }
  // A bit for each field up to 63 that is not empty.
  std::uint64_t valued_fields(std::size_t segment) const;
  // The first segment of that id at or after `from`; npos when none.
  std::size_t find(std::string_view id, std::size_t from = 0) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  // Where a part (a view into text()) stands in text().
  std::size_t offset(std::string_view part) const { return static_cast<std::size_t>(part.data() - text_.data()); }

  // Header shortcuts, unescaped views of plain codes.
  std::string_view type() const { return type_; }    // MSH-9.1
  std::string_view event() const { return event_; }  // MSH-9.2, else EVN-1
  std::string_view structure() const { return structure_; }  // MSH-9.3 when it is there and known, else derived from type and event ("ADT_A01")
  std::string_view control_id() const;  // MSH-10
  std::string_view version() const;     // MSH-12.1, "2.5.1"

 private:
  class Scanner;
  void read_header();

  struct Line {
    std::uint32_t begin, end;    // in text_
    std::uint32_t first_field;   // in fields_
    std::uint32_t field_count;
  };
  std::string text_;
  Delimiters delimiters_;
  std::vector<Line> segments_;
  std::vector<std::uint32_t> fields_;  // start offset of each field
  std::vector<Notice> notices_;
  std::string type_, event_, structure_;
};

// Parts of a field. `number` is 1-based; an absent part is an empty view. A view never leaves the one it was cut from.
std::string_view repetition(std::string_view field, std::size_t number, const Delimiters& d);
std::size_t repetition_count(std::string_view field, const Delimiters& d);  // 0 for an empty field
std::string_view component(std::string_view repetition, std::size_t number, const Delimiters& d);
std::string_view subcomponent(std::string_view component, std::size_t number, const Delimiters& d);

// `""` in the message: delete what is stored.
inline bool is_null(std::string_view part) { return part == "\"\""; }

// Raw bytes of one message to a parsed one: charset by MSH-18 read from the bytes, decoded whole before it is split.
struct Read {
  Message message;
  text::Charset charset;
};
Result<Read> read(std::string_view raw, std::optional<text::Charset> otherwise, const Limits& limits = {});

}  // namespace yilian::hl7v2
