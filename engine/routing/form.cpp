#include "engine/routing/form.h"

#include <algorithm>

#include "engine/hl7v2/message.h"
#include "engine/routing/directory.h"
#include "engine/routing/field_path.h"

namespace yilian::routing {
namespace {

constexpr unsigned kMostField = 200;

// "MSH-5": of every such segment, the whole field.
bool read_place(std::string_view text, std::string& segment, unsigned& field) {
  const auto path = FieldPath::read(text);
  if (!path || path->ordinal != 0 || path->repetition != 0 || path->component != 0 || path->names_delimiters()) return false;
  segment = path->segment;
  field = path->field;
  return field <= kMostField;
}

bool holds_line_end(std::string_view value) { return value.find_first_of("\r\n\x0B\x1C") != std::string_view::npos; }

}  // namespace

Form Form::read(const config::Node& node, std::vector<Issue>& issues) {
  Form form;
  const auto complain = [&](const Failure& failure) { issues.push_back(failure.value()); };
  if (const config::Node send = node["send"]) {
    const std::string word = send.text_or("");
    if (word == "hl7v2") {
      form.kind_ = Kind::outbound;
    } else if (word == "bundle") {
      form.kind_ = Kind::bundle;
    } else if (word != "as-it-came") {
      complain(send.fail("'" + word + "' is no form to send in",
                         "as-it-came: the sender's bytes; hl7v2: a message made from the resources by `outbound`; bundle: the resources as a FHIR Bundle"));
    }
  }
  for (const auto& [place, value] : node["set"].members()) {
    Change change;
    change.value = value.text_or("");
    if (!read_place(place, change.segment, change.field)) {
      complain(value.fail("'" + place + "' is no field that can be set", "write it like MSH-5; the value as HL7 writes it, with its ^ and ~"));
    } else if (holds_line_end(change.value)) {
      complain(value.fail("a field holds no line end", "write it as \\.br\\"));
    } else {
      form.set_.push_back(std::move(change));
    }
  }
  for (const auto& item : node["drop"].items()) {
    const std::string id = item.text_or("");
    if (id.size() != 3 || id == "MSH") {
      complain(item.fail("'" + id + "' is no segment that can be left out", "a name of three letters, such as ZPI"));
    } else {
      form.drop_.push_back(id);
    }
  }
  if (const config::Node charset = node["charset"]) {
    form.charset_ = text::charset_named(charset.text_or(""));
    if (!form.charset_) complain(charset.fail("'" + charset.text_or("") + "' is no charset known here", "for example GB18030 or UTF-8"));
  }
  form.profile_ = node["outbound"];
  if (form.kind_ == Kind::outbound && !form.profile_) {
    complain(node.fail("'send: hl7v2' needs `outbound`, the receiver's profile", "for example outbound: {version: \"2.4\"}; see docs/fhir-to-hl7v2.md"));
  }
  if (form.kind_ != Kind::outbound && form.profile_) {
    complain(form.profile_.fail("`outbound` is for what is made from the resources", "add send: hl7v2"));
  }
  if (form.kind_ != Kind::raw && (!form.set_.empty() || !form.drop_.empty() || form.charset_)) {
    complain(node.fail("`set`, `drop` and `charset` change a message that is sent as it came", "say it in `outbound` instead, or leave out `send`"));
  }
  return form;
}

void Form::compile(const mapping::outbound::Library& library, std::vector<Issue>& issues) {
  auto compiled = library.compile(profile_);
  if (compiled) {
    outbound_ = std::move(*compiled);
  } else {
    issues.insert(issues.end(), compiled.error().begin(), compiled.error().end());
  }
}

Result<std::vector<std::string>> Form::make(std::string_view raw, const Inlet& inlet, Instant received) const {
  if (as_it_came()) return std::vector<std::string>{std::string(raw)};
  if (kind_ == Kind::raw) {
    YL_TRY(auto text, changed(raw, inlet));
    return std::vector<std::string>{std::move(text)};
  }
  if (inlet.feed == nullptr) return fail(Code::not_found, "its feed is no longer configured, so no mapping is known for it", "message", "Put the feed back into the hospital's file");
  YL_TRY(const auto read, hl7v2::read(raw, inlet.feed->charset));
  YL_TRY(const auto mapped, inlet.hospital->mapping->run(read.message, inlet.feed->context));
  if (kind_ == Kind::bundle) return std::vector<std::string>{mapping::transaction_bundle(mapped)};
  std::vector<const fhir::Json*> resources;
  for (const mapping::Made& made : mapped.resources) resources.push_back(made.resource);
  // The message's own time, so that making it again gives the same bytes and the same control id.
  YL_TRY(auto sent, outbound_->run(resources, {received, {}}));
  if (!sent.refused.empty()) return Failure(sent.refused.front());
  std::vector<std::string> out;
  for (auto& message : sent.messages) out.push_back(std::move(message.text));
  return out;
}

Result<std::string> Form::changed(std::string_view raw, const Inlet& inlet) const {
  YL_TRY(const auto read, hl7v2::read(raw, inlet.feed != nullptr ? inlet.feed->charset : std::nullopt));
  const hl7v2::Message& message = read.message;
  const text::Charset charset = charset_.value_or(read.charset);
  const char separator = message.delimiters().field;
  const auto value_of = [&](std::string_view id, unsigned field, std::string_view before) -> std::string_view {
    for (const Change& change : set_) {
      if (change.segment == id && change.field == field) return change.value;
    }
    if (charset_ && id == "MSH" && field == 18) return text::hl7_name(charset);
    return before;
  };
  std::string out;
  out.reserve(raw.size() + 64);
  for (std::size_t segment = 0; segment < message.segment_count(); ++segment) {
    const std::string_view id = message.segment_id(segment);
    if (std::find(drop_.begin(), drop_.end(), id) != drop_.end()) continue;
    const bool header = id == "MSH";
    unsigned last = message.field_count(segment);
    for (const Change& change : set_) {
      if (change.segment == id) last = std::max(last, change.field);
    }
    if (header && charset_) last = std::max(last, 18u);
    out.append(id);
    for (unsigned field = header ? 2 : 1; field <= last; ++field) {
      out.push_back(separator);
      out.append(value_of(id, field, message.field(segment, field)));
    }
    out.push_back('\r');
  }
  return text::from_utf8(out, charset);
}

}  // namespace yilian::routing
