#include "engine/fhir/json_pointer.h"

#include <algorithm>
#include <charconv>

namespace yilian::fhir {
namespace {

Failure no_pointer(std::string_view text, std::string_view why) {
  return fail(Code::bad_structure, "'" + std::string(text.substr(0, 80)) + "' is no JSON Pointer: " + std::string(why));
}

}  // namespace

Result<Pointer> read_pointer(std::string_view text) {
  Pointer pointer{std::string(text), {}};
  if (text.empty()) return pointer;
  if (text.front() != '/') return no_pointer(text, "it begins with no /");
  for (std::size_t at = 0; at < text.size();) {
    if (pointer.parts.size() == kDeepest) return no_pointer(text, "it has too many parts");
    const std::size_t end = std::min(text.find('/', at + 1), text.size());
    std::string& part = pointer.parts.emplace_back();
    for (std::size_t i = at + 1; i < end; ++i) {
      if (text[i] != '~') {
        part.push_back(text[i]);
        continue;
      }
      const char escaped = ++i < end ? text[i] : '\0';
      if (escaped != '0' && escaped != '1') return no_pointer(text, "~ stands before neither 0 nor 1");
      part.push_back(escaped == '0' ? '~' : '/');
    }
    at = end;
  }
  return pointer;
}

std::optional<std::size_t> read_index(std::string_view part) {
  if (part.empty() || (part.size() > 1 && part.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

Json* find_pointer(Json& root, std::span<const std::string> parts) {
  Json* at = &root;
  for (const std::string& part : parts) {
    if (at->is_array()) {
      const auto index = read_index(part);
      at = index && *index < at->size() ? &at->items()[*index] : nullptr;
    } else {
      at = at->find(part);
    }
    if (!at) return nullptr;
  }
  return at;
}

}  // namespace yilian::fhir
