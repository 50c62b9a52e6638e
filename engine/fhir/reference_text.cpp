#include "engine/fhir/reference_text.h"

#include <algorithm>

#include "engine/fhir/definitions.h"

namespace yilian::fhir {
namespace {

// RFC 3986: a letter, then letters, digits, '+', '-', '.'.
bool is_scheme(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

bool is_id(std::string_view text) { return valid_primitive(Primitive::id, text); }

}  // namespace

ReferenceText read_reference(std::string_view text) {
  if (text.starts_with('#')) {
    const bool fits = text.size() == 1 || is_id(text.substr(1));
    return {fits ? ReferenceForm::contained : ReferenceForm::wrong, {}};
  }
  std::size_t end = 0;
  while (end < text.size() && text[end] != '/' && text[end] != '?' && text[end] != ':') ++end;
  if (end == text.size()) return {};
  if (text[end] == ':') {
    const bool fits = end + 1 < text.size() && is_scheme(text.substr(0, end));
    return {fits ? ReferenceForm::absolute : ReferenceForm::wrong, {}};
  }
  const std::string_view type = text.substr(0, end);
  std::string_view rest = text.substr(end + 1);
  if (!is_resource_type(type) || rest.empty()) return {};
  if (text[end] == '?') return {ReferenceForm::conditional, type};
  constexpr std::string_view kHistory = "/_history/";
  if (const std::size_t history = rest.find(kHistory); history != std::string_view::npos) {
    if (!is_id(rest.substr(history + kHistory.size()))) return {};
    rest = rest.substr(0, history);
  }
  if (!is_id(rest)) return {};
  return {ReferenceForm::relative, type};
}

}  // namespace yilian::fhir
