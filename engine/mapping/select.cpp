// Parts of the message: fields, repetitions, components, and the text in them.

#include <algorithm>

#include "engine/hl7v2/escape.h"
#include "engine/mapping/run.h"

namespace yilian::mapping {
namespace {

std::string_view first_repetition(std::string_view field, const hl7v2::Delimiters& d) {
  return field.substr(0, field.find(d.repetition));
}

bool text_type(std::string_view type) {
  for (const std::string_view known : {"", "ST", "TX", "FT", "NM", "DT", "TM", "DTM", "ID", "IS", "SI", "GTS", "SNM"}) {
    if (type == known) return true;
  }
  return false;
}

}  // namespace

bool Run::valued(std::string_view raw) const {
  if (hl7v2::is_null(raw)) return false;
  return std::any_of(raw.begin(), raw.end(), [&](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != delimiters_.component && c != delimiters_.subcomponent &&
           c != delimiters_.repetition;
  });
}

Part Run::below(Part part, unsigned component, unsigned subcomponent) const {
  if (component == 0) return part;
  switch (part.level) {
    case Part::Level::repetition:
      part.raw = hl7v2::component(part.raw, component, delimiters_);
      part.component = static_cast<std::uint16_t>(component);
      part.level = Part::Level::component;
      if (subcomponent == 0) return part;
      component = subcomponent;
      subcomponent = 0;
      [[fallthrough]];
    case Part::Level::component:
      part.raw = subcomponent > 1 ? std::string_view() : hl7v2::subcomponent(part.raw, component, delimiters_);
      part.subcomponent = static_cast<std::uint16_t>(component);
      part.level = Part::Level::subcomponent;
      return part;
    case Part::Level::subcomponent:
    case Part::Level::text:
      if (component > 1 || subcomponent > 1) part.raw = {};
      return part;
  }
  return part;
}

void Run::cut(const Part& part, Split& out) const {
  const char delimiter = part.level == Part::Level::repetition ? delimiters_.component : delimiters_.subcomponent;
  std::string_view rest = part.raw;
  while (out.count < Split::kMost) {
    const auto end = rest.find(delimiter);
    out.parts[out.count++] = rest.substr(0, end);
    if (end != 0 && !rest.empty()) out.valued |= std::uint64_t{1} << out.count;
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
  out.whole = false;
  out.valued = ~std::uint64_t{0};
}

Part Run::select(const Selector& selector, const Scope& scope) {
  if (selector.base == Selector::Base::value) {
    if (scope.split != nullptr && selector.component > 0 &&
        (scope.split->whole || selector.component <= scope.split->count)) {
      Part part = *scope.value;
      part.raw =
          selector.component <= scope.split->count ? scope.split->parts[selector.component - 1u] : std::string_view();
      if (part.raw.empty()) return part;
      if (part.level == Part::Level::component) {
        if (selector.subcomponent > 1) part.raw = {};
        part.subcomponent = selector.component;
        part.level = Part::Level::subcomponent;
        return part;
      }
      part.component = selector.component;
      part.level = Part::Level::component;
      return below(part, selector.subcomponent, 0);
    }
    return scope.value == nullptr ? Part{} : below(*scope.value, selector.component, selector.subcomponent);
  }
  Part part;
  part.segment = resolve(scope.segment, selector.segment);
  if (part.segment == kNone) return part;
  part.field = selector.field;
  if (scope.bound != nullptr && scope.bound->segment == part.segment && scope.bound->field == selector.field) {
    part = *scope.bound;
  } else {
    part.raw = message_.field(part.segment, selector.field);
    // MSH-2 holds the delimiters themselves.
    const bool header = selector.segment == program_.msh && selector.field <= 2;
    if (repetitions_ && !header) part.raw = first_repetition(part.raw, delimiters_);
  }
  return below(part, selector.component, selector.subcomponent);
}

std::string_view Run::decoded(std::string_view raw) {
  raw = trimmed(raw);
  if (hl7v2::is_null(raw)) return {};
  if (!escapes_ || !hl7v2::has_escape(raw, delimiters_)) return raw;
  return trimmed(arena_->copy(hl7v2::unescape(raw, delimiters_)));
}

std::string_view Run::text_of(const Part& part, Selector::Read read) {
  if (part.level == Part::Level::text) return trimmed(part.raw);
  if (read == Selector::Read::by_obx2) {
    const auto type = part.segment == kNone ? std::string_view() : message_.field(part.segment, 2);
    read = text_type(type) ? Selector::Read::whole : Selector::Read::first;
  }
  if (read == Selector::Read::whole) {
    if (context_.trace) last_read_ = part.raw;
    return decoded(part.raw);
  }
  std::string_view raw = part.raw;
  if (part.level == Part::Level::repetition) raw = raw.substr(0, raw.find(delimiters_.component));
  if (part.level != Part::Level::subcomponent) raw = raw.substr(0, raw.find(delimiters_.subcomponent));
  if (context_.trace) last_read_ = raw;
  return decoded(raw);
}

}  // namespace yilian::mapping
