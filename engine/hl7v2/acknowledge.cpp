// Acknowledgements (2.8 chapter 2.9).

#include <algorithm>

#include "engine/base/time.h"
#include "engine/hl7v2/builder.h"
#include "engine/hl7v2/escape.h"
#include "engine/hl7v2/header.h"

namespace yilian::hl7v2 {
namespace {

constexpr std::string_view kOurVersion = "2.5.1";  // of answers to what names none
constexpr std::size_t kLongestMessageText = 80;    // MSA-3 before 2.5

// "20261124163000+0800": DTM in the time of Asia/Shanghai, as HL7 writes it.
std::string timestamp() {
  const std::string utc = fhir_instant(now() + std::int64_t{8} * 3600 * 1'000'000);
  std::string dtm;
  for (const char c : utc.substr(0, 19)) {
    if (is_digit(c)) dtm.push_back(c);
  }
  return dtm + "+0800";
}

bool at_least(std::string_view version, std::string_view least) { return version.substr(0, least.size()) >= least; }

// "2.5.1" and its kind; what else a header claims is not repeated.
bool is_version(std::string_view version) {
  return !version.empty() && version.size() <= 8 &&
         std::all_of(version.begin(), version.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// An answer may be written in these: four of them, all different, none a stand-in for one that the header lacks.
bool is_whole(const Delimiters& d) {
  const std::string all{d.field, d.component, d.repetition, d.escape, d.subcomponent};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_delimiter(all[i]) || all.find(all[i], i + 1) != std::string::npos) return false;
  }
  return true;
}

// At most `size` bytes, without cutting a character.
std::string_view cut(std::string_view utf8, std::size_t size) {
  if (utf8.size() <= size) return utf8;
  while (size > 0 && (static_cast<unsigned char>(utf8[size]) & 0xC0) == 0x80) --size;
  return utf8.substr(0, size);
}

// The place of an Issue: "PID-3.1", "OBX[2]-5".
struct Place {
  std::string_view segment, sequence = "1", field, component;
};

std::string_view take_number(std::string_view& rest) {
  const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(number.size());
  return number;
}

// Nothing when `where` names no segment (it may be a FHIR path or a file).
Place place_of(std::string_view where) {
  Place place;
  if (where.size() < 3 ||
      !std::all_of(where.begin(), where.begin() + 3, [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c); }))
    return {};
  std::string_view rest = where.substr(3);
  if (!rest.empty() && rest.front() == '[') {
    rest.remove_prefix(1);
    place.sequence = take_number(rest);
    if (place.sequence.empty() || rest.empty() || rest.front() != ']') return {};
    rest.remove_prefix(1);
  }
  if (!rest.empty() && rest.front() == '-') {
    rest.remove_prefix(1);
    place.field = take_number(rest);
    if (!rest.empty() && rest.front() == '.') {
      rest.remove_prefix(1);
      place.component = take_number(rest);
    }
  } else if (!rest.empty()) {
    return {};
  }
  place.segment = where.substr(0, 3);
  return place;
}

std::string_view severity_code(Severity severity) {
  return severity == Severity::information ? "I" : severity == Severity::warning ? "W" : "E";
}

void error_segment(Builder& builder, const Issue& issue, std::string_view version) {
  const CodeFacts& known = facts(issue.code);
  const Place place = place_of(issue.where);
  const std::string text = issue.where.empty() ? issue.what : issue.where + ": " + issue.what;
  builder.segment("ERR");
  if (at_least(version, "2.5")) {
    if (!place.segment.empty()) {
      builder.set(2, 1, place.segment).set(2, 2, place.sequence).set(2, 3, place.field);
      if (!place.component.empty()) builder.set(2, 4, "1").set(2, 5, place.component);
    }
    builder.set(3, 1, known.hl7)
        .set(3, 2, known.hl7_text)
        .set(3, 3, "HL70357")
        .set(4, severity_code(issue.severity))
        .set(7, text)
        .set(8, issue.cure);
  } else {
    // Before 2.5: ERR-1 is segment ^ sequence ^ field ^ code & text.
    if (!place.segment.empty()) builder.set(1, 1, place.segment).set(1, 2, place.sequence).set(1, 3, place.field);
    builder.set(1, 1, 4, 1, known.hl7).set(1, 1, 4, 2, text);
  }
}

class Answer {
 public:
  Answer(const Message* to, const Acknowledgement& ack)
      : to_(to), ack_(ack), same_delimiters_(to != nullptr && is_whole(to->delimiters())) {
    if (to != nullptr && is_version(to->version())) version_ = to->version();
  }

  // MSH-18 is left out when `charset` is empty.
  std::string write(std::string_view charset) const {
    Delimiters d;
    if (same_delimiters_) d = to_->delimiters();
    d.truncation = '\0';
    Builder builder(d);
    header(builder, charset);
    builder.segment("MSA").set(1, ack_.code);
    if (to_ != nullptr) copy(builder, 2, to_->control_id());
    if (ack_.issue != nullptr) {
      if (!at_least(version_, "2.5")) builder.set(3, cut(ack_.issue->what, kLongestMessageText));
      error_segment(builder, *ack_.issue, version_);
    }
    return builder.take();
  }

 private:
  // A field of theirs in our answer: as it stands, or as plain text where our delimiters are others.
  void copy(Builder& builder, unsigned field, std::string_view theirs) const {
    if (same_delimiters_) {
      builder.raw(field, theirs);
    } else {
      builder.set(field, unescape(theirs, to_->delimiters()));
    }
  }

  void header(Builder& builder, std::string_view charset) const {
    builder.segment("MSH");
    if (to_ != nullptr) {
      constexpr unsigned turned[] = {5, 6, 3, 4};
      for (unsigned i = 0; i < 4; ++i) copy(builder, 3 + i, to_->field(0, turned[i]));
    } else {
      builder.set(3, ack_.our_application.empty() ? "YILIAN" : ack_.our_application).set(4, ack_.our_facility);
    }
    builder.set(7, timestamp()).set(9, 1, "ACK");
    if (to_ != nullptr) builder.set(9, 2, to_->event());
    if (at_least(version_, "2.3.1")) builder.set(9, 3, "ACK");
    builder.set(10, ack_.control_id);
    const std::string_view processing = to_ != nullptr ? to_->field(0, 11).substr(0, 1) : std::string_view();
    builder.set(11, processing == "T" || processing == "D" ? processing : "P");  // table 0103
    builder.set(12, version_).set(18, charset);
  }

  const Message* to_;
  const Acknowledgement& ack_;
  bool same_delimiters_;
  std::string_view version_ = kOurVersion;
};

// Charsets in which a header looks like ASCII; others would need framing of their own.
bool answers_in(text::Charset charset) {
  return charset != text::Charset::utf16le && charset != text::Charset::utf16be && charset != text::Charset::utf32le &&
         charset != text::Charset::utf32be;
}

}  // namespace

std::string acknowledge(const Message* to, const Acknowledgement& ack) {
  const Answer answer(to, ack);
  std::string plain = answer.write({});
  if (text::is_ascii(plain)) return plain;
  if (ack.charset && answers_in(*ack.charset)) {
    if (auto theirs = text::from_utf8(answer.write(text::hl7_name(*ack.charset)), *ack.charset))
      return std::move(*theirs);
  }
  return answer.write(text::hl7_name(text::Charset::utf8));
}

}  // namespace yilian::hl7v2
