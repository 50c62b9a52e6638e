#include "engine/routing/field_path.h"

#include <algorithm>
#include <charconv>

namespace yilian::routing {
namespace {

// A number from 1 to 9999 at the beginning, which goes.
bool take_number(std::string_view& text, unsigned& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || out == 0 || out > 9999) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<FieldPath> FieldPath::read(std::string_view text) {
  FieldPath path;
  const auto plain = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (text.size() < 5 || !std::all_of(text.begin(), text.begin() + 3, plain)) return std::nullopt;
  path.segment = std::string(text.substr(0, 3));
  text.remove_prefix(3);
  if (take(text, '[') && !(take_number(text, path.ordinal) && take(text, ']'))) return std::nullopt;
  if (!take(text, '-') || !take_number(text, path.field)) return std::nullopt;
  if (take(text, '(') && !(take_number(text, path.repetition) && take(text, ')'))) return std::nullopt;
  if (take(text, '.')) {
    if (!take_number(text, path.component)) return std::nullopt;
    if (take(text, '.') && !take_number(text, path.subcomponent)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return path;
}

std::vector<std::string_view> FieldPath::fields(const hl7v2::Message& message) const {
  std::vector<std::string_view> out;
  unsigned seen = 0;
  for (std::size_t at = message.find(segment); at != hl7v2::Message::npos; at = message.find(segment, at + 1)) {
    if (++seen != ordinal && ordinal != 0) continue;
    if (const std::string_view whole = message.field(at, field); !whole.empty()) out.push_back(whole);
  }
  return out;
}

std::vector<std::string_view> FieldPath::values(const hl7v2::Message& message) const {
  return repetition == 0 && component == 0 ? fields(message) : parts(message);
}

std::vector<std::string_view> FieldPath::parts(const hl7v2::Message& message) const {
  if (names_delimiters()) return fields(message);
  std::vector<std::string_view> out;
  const auto& d = message.delimiters();
  for (const std::string_view whole : fields(message)) {
    for (std::size_t i = 1; i <= hl7v2::repetition_count(whole, d); ++i) {
      if (repetition != 0 && i != repetition) continue;
      std::string_view part = hl7v2::repetition(whole, i, d);
      if (component != 0) part = hl7v2::component(part, component, d);
      if (subcomponent != 0) part = hl7v2::subcomponent(part, subcomponent, d);
      if (!part.empty()) out.push_back(part);
    }
  }
  return out;
}

}  // namespace yilian::routing
