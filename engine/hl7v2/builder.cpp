#include "engine/hl7v2/builder.h"

#include "engine/base/time.h"
#include "engine/hl7v2/escape.h"
#include "engine/text/encoding.h"

namespace yilian::hl7v2 {

Builder& Builder::segment(std::string_view id) {
  if (!out_.empty()) out_.push_back('\r');
  out_.append(id);
  field_ = 0;
  if (id == "MSH" || id == "FHS" || id == "BHS") {
    out_.push_back(d_.field);
    for (const char c : {d_.component, d_.repetition, d_.escape, d_.subcomponent}) out_.push_back(c);
    if (d_.truncation != '\0') out_.push_back(d_.truncation);
    field_ = 2;
  }
  repetition_ = component_ = subcomponent_ = 1;
  return *this;
}

Builder& Builder::set(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent, std::string_view text) {
  if (text.empty()) return *this;  // separators are written when something follows them
  if (field != field_) {
    for (; field_ < field; ++field_) out_.push_back(d_.field);
    repetition_ = component_ = subcomponent_ = 1;
  }
  if (repetition != repetition_) {
    for (; repetition_ < repetition; ++repetition_) out_.push_back(d_.repetition);
    component_ = subcomponent_ = 1;
  }
  if (component != component_) {
    for (; component_ < component; ++component_) out_.push_back(d_.component);
    subcomponent_ = 1;
  }
  for (; subcomponent_ < subcomponent; ++subcomponent_) out_.push_back(d_.subcomponent);
  out_.append(escape(text, d_));
  return *this;
}

Builder& Builder::raw(unsigned field, std::string_view hl7) {
  if (hl7.empty()) return *this;
  for (; field_ < field; ++field_) out_.push_back(d_.field);
  repetition_ = component_ = subcomponent_ = 1;
  out_.append(hl7);
  return *this;
}

std::string Builder::take() {
  if (!out_.empty()) out_.push_back('\r');
  return std::move(out_);
}

namespace {

// "20261124163000+0800": DTM in the time of Asia/Shanghai, as HL7 writes it.
std::string timestamp() {
  const std::string utc = fhir_instant(now() + std::int64_t{8} * 3600 * 1'000'000);
  std::string dtm;
  for (const char c : utc.substr(0, 19)) {
    if (c >= '0' && c <= '9') dtm.push_back(c);
  }
  return dtm + "+0800";
}

bool at_least(std::string_view version, std::string_view least) { return version.substr(0, least.size()) >= least; }

// The place of an Issue ("PID-3.1", "OBX[2]-5") as ERR-2: segment, sequence, field, component.
void location(Builder& builder, std::string_view where) {
  if (where.size() < 3) return;
  std::string_view rest = where.substr(3);
  std::string sequence = "1";
  if (!rest.empty() && rest.front() == '[') {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return;
    sequence = std::string(rest.substr(1, close - 1));
    rest.remove_prefix(close + 1);
  }
  if (!rest.empty() && rest.front() != '-') return;
  for (const char c : where.substr(0, 3)) {
    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return;
  }
  builder.set(2, 1, where.substr(0, 3)).set(2, 2, sequence);
  if (rest.size() > 1) {
    rest.remove_prefix(1);
    builder.set(2, 3, rest.substr(0, rest.find_first_not_of("0123456789")));
  }
}

void error_segment(Builder& builder, const Issue& issue, std::string_view version) {
  const CodeFacts& known = facts(issue.code);
  std::string text = issue.where.empty() ? issue.what : issue.where + ": " + issue.what;
  builder.segment("ERR");
  if (at_least(version, "2.5")) {
    location(builder, issue.where);
    builder.set(3, 1, known.hl7).set(3, 2, known.hl7_text).set(3, 3, "HL70357").set(4, "E").set(7, text);
    if (!issue.cure.empty()) builder.set(8, issue.cure);
  } else {
    // Before 2.5: ERR-1 is segment ^ sequence ^ field ^ code & text.
    if (issue.where.size() >= 3) builder.set(1, 1, 1, 1, std::string_view(issue.where).substr(0, 3));
    builder.set(1, 1, 4, 1, known.hl7).set(1, 1, 4, 2, text);
  }
}

}  // namespace

std::string acknowledge(const Message* to, const Acknowledgement& ack) {
  Delimiters d;
  if (to != nullptr) {
    d = to->delimiters();
    d.truncation = '\0';
  }
  Builder builder(d);
  const std::string_view version = to != nullptr && !to->version().empty() ? to->version() : "2.5.1";
  builder.segment("MSH");
  if (to != nullptr) {
    builder.raw(3, to->field(0, 5)).raw(4, to->field(0, 6)).raw(5, to->field(0, 3)).raw(6, to->field(0, 4));
  } else {
    builder.set(3, ack.our_application.empty() ? "YILIAN" : ack.our_application).set(4, ack.our_facility);
  }
  builder.set(7, timestamp()).set(9, 1, "ACK");
  if (to != nullptr) builder.set(9, 2, to->event());
  if (at_least(version, "2.3.1")) builder.set(9, 3, "ACK");
  builder.set(10, ack.control_id);
  const std::string_view processing = to != nullptr ? to->field(0, 11) : std::string_view();
  builder.raw(11, processing.empty() ? "P" : processing).set(12, version);
  std::string text = ack.issue != nullptr ? ack.issue->where + ack.issue->what + ack.issue->cure : std::string();
  if (to != nullptr) text.append(to->field(0, 3)).append(to->field(0, 4)).append(to->field(0, 5)).append(to->field(0, 6)).append(to->control_id());
  if (!text::is_ascii(text)) builder.set(18, "UNICODE UTF-8");
  builder.segment("MSA").set(1, ack.code);
  if (to != nullptr) builder.raw(2, to->control_id());
  if (ack.issue != nullptr) {
    if (!at_least(version, "2.5")) builder.set(3, ack.issue->what.substr(0, 80));
    error_segment(builder, *ack.issue, version);
  }
  return builder.take();
}

}  // namespace yilian::hl7v2
