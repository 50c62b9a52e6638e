#include "engine/hl7v2/message.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/hl7v2/grammar.h"
#include "engine/hl7v2/scanner.h"
#include "engine/text/utf8.h"

namespace yilian::hl7v2 {
namespace {

constexpr std::size_t kMostNotices = 100;

// 2.1 and 2.2 let the event be left out of MSH-9 where the type has only one that matters.
std::string_view only_structure(std::string_view type) {
  constexpr std::array<std::array<std::string_view, 2>, 4> known{
      {{"ORU", "ORU_R01"}, {"ORM", "ORM_O01"}, {"VXU", "VXU_V04"}, {"ACK", "ACK"}}};
  for (const auto& [name, structure] : known) {
    if (name == type) return structure;
  }
  return {};
}

}  // namespace

Result<Message> Message::parse(std::string text, const Limits& limits) {
  Message message;
  message.text_ = std::move(text);
  YL_CHECK(Scanner(message, limits).run());
  message.read_header();
  return message;
}

void Message::note(std::string where, std::string what) {
  if (notices_.size() < kMostNotices) {
    notices_.push_back({std::move(where), std::move(what)});
  } else if (notices_.size() == kMostNotices) {
    notices_.push_back({"", "there are more; only the first hundred are told"});
  }
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
    if (const std::size_t evn = find("EVN"); evn != npos)
      event_ = std::string(component(field(evn, 1), 1, delimiters_));
    if (!event_.empty()) note("MSH-9", "names no event; EVN-1 does");
  }
  std::string_view derived = structure_of(type_, event_);
  if (derived.empty() && event_.empty()) derived = only_structure(type_);
  if (!derived.empty()) {
    structure_ = std::string(derived);
    if (!declared.empty() && declared != derived)
      note("MSH-9.3",
           "says '" + text::shortened(declared, 24) + "', but " + type_ + "^" + event_ + " has structure " + structure_);
  } else {
    structure_ = !declared.empty() ? declared : event_.empty() ? type_ : type_ + "_" + event_;
  }
}

std::string_view Message::segment_id(std::size_t segment) const {
  return std::string_view(text_).substr(segments_[segment].begin, 3);
}

std::string_view Message::segment_text(std::size_t segment) const {
  const Line& line = segments_[segment];
  return std::string_view(text_).substr(line.begin, line.end - line.begin);
}

unsigned Message::field_count(std::size_t segment) const { return segments_[segment].field_count; }

std::uint64_t Message::valued_fields(std::size_t segment) const {
  const Line& line = segments_[segment];
  const std::uint32_t* const begins = fields_.data() + line.first_field;
  const std::uint32_t count = std::min(line.field_count, 63u);
  std::uint64_t valued = 0;
  // Between two fields stands one separator; the header's first field is the separator itself.
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t end = i + 1 < line.field_count ? begins[i + 1] - 1 : line.end;
    valued |= std::uint64_t{end > begins[i]} << (i + 1);
  }
  if (count > 0 && begins[0] == line.begin + 3 && text_[begins[0]] == delimiters_.field) valued |= 2;
  return valued;
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

// The piece `number` of `whole` between separators; an empty view inside `whole`'s bounds when there is none.
std::string_view piece(std::string_view whole, std::size_t number, char separator) {
  if (number == 0) return {};
  const char* at = whole.data();
  const char* const end = at + whole.size();
  while (at != end) {
    const auto* next = static_cast<const char*>(std::memchr(at, separator, static_cast<std::size_t>(end - at)));
    if (--number == 0) return {at, static_cast<std::size_t>((next == nullptr ? end : next) - at)};
    if (next == nullptr) break;
    at = next + 1;
  }
  return {end, 0};
}

}  // namespace

std::string_view repetition(std::string_view field, std::size_t number, const Delimiters& d) {
  return piece(field, number, d.repetition);
}

std::size_t repetition_count(std::string_view field, const Delimiters& d) {
  if (field.empty()) return 0;
  std::size_t count = 1;
  for (const char c : field) count += c == d.repetition;
  return count;
}

std::string_view component(std::string_view repetition, std::size_t number, const Delimiters& d) {
  return piece(repetition, number, d.component);
}

std::string_view subcomponent(std::string_view component, std::size_t number, const Delimiters& d) {
  return piece(component, number, d.subcomponent);
}

}  // namespace yilian::hl7v2
