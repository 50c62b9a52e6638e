#include "engine/validation/screening.h"

#include <algorithm>
#include <chrono>

namespace yilian::validation {
namespace {

using fhir::Json;

constexpr std::string_view kInvalid = "invalid";
constexpr std::chrono::milliseconds kMostTime{500};  // of one write; that of a patch is the writer's

bool is_mark(const Json& tag) { return tag.text_at("system") == kValidationSystem && tag.text_at("code") == kInvalid; }

void take_mark_away(Json& resource) {
  Json* meta = resource.find("meta");
  Json* tags = meta ? meta->find("tag") : nullptr;
  if (!tags) return;
  for (std::size_t i = tags->items().size(); i-- > 0;) {
    if (is_mark(tags->items()[i])) tags->remove_item(i);
  }
  if (tags->is_array() && tags->size() == 0) meta->remove("tag");
  if (meta->is_object() && meta->size() == 0) resource.remove("meta");
}

void mark(Json& resource, fhir::Arena& arena) {
  Json& meta = resource.member(arena, "meta");
  if (!meta.is_object()) meta.set_object();
  Json& tags = meta.member(arena, "tag");
  if (!tags.is_array()) tags.set_array();
  Json& tag = tags.append(arena);
  tag.set_object();
  tag.add(arena, "system").set_string(kValidationSystem);
  tag.add(arena, "code").set_string(kInvalid);
}

}  // namespace

std::string text_of(const Finding& finding) {
  return finding.key.empty() ? finding.text : finding.key + ": " + finding.text;
}

std::optional<Mode> mode_named(std::string_view word) {
  if (word == "refuse") return Mode::refuse;
  if (word == "mark") return Mode::mark;
  if (word == "off") return Mode::off;
  return std::nullopt;
}

Result<void> screen(const Screening& screening, Json& resource, fhir::Arena& arena, Findings* findings) {
  if (screening.mode == Mode::off) return {};
  take_mark_away(resource);
  // Structure is looked at where it is made ready to be stored, and refused whatever the mode.
  Findings found = Validator(screening.profiles.get())
                       .validate(resource, {.structure = false, .bounds = {.time = kMostTime}});
  const auto first = std::ranges::find_if(found, is_error);
  if (first != found.end()) {
    const auto count = std::ranges::count_if(found, is_error);
    const std::string more = count > 1 ? " (and " + std::to_string(count - 1) + " more errors)" : "";
    Issue issue{Code::bad_value, Severity::error, first->where, text_of(*first) + more, {}};
    if (findings) *findings = std::move(found);
    if (screening.mode == Mode::refuse) return Failure(std::move(issue));
    mark(resource, arena);
    return {};
  }
  if (findings) *findings = std::move(found);
  return {};
}

}  // namespace yilian::validation
