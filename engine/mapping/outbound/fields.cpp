#include "engine/mapping/outbound/fields.h"

#include <algorithm>

#include "engine/hl7v2/escape.h"

namespace yilian::mapping::outbound {

Fields::Put Fields::put(const Address& at, std::string_view text, bool content) {
  if (text.empty()) return Put::same;
  const auto& profile = program_.profile;
  if (!profile.unwanted.empty() && (profile.unwanted.contains(segment_) || profile.unwanted.contains(segment_ + "-" + std::to_string(at.field)))) return Put::unwanted;
  if (!profile.beyond_version && program_.version.lacks(segment_, at.field, at.component, at.subcomponent) != hl7v2::Version::Lacks::nothing) return Put::lacking;
  for (const auto& part : parts_) {
    if (part.at == at) return part.text == text ? Put::same : Put::taken;
  }
  parts_.push_back({at, std::string(text)});
  content_ |= content;
  return Put::written;
}

std::string Fields::reason(const Address& at, Put result) const {
  std::string place = segment_ + "-" + std::to_string(at.field);
  if (result == Put::unwanted) return (program_.profile.unwanted.contains(segment_) ? segment_ : place) + " is not wanted by the receiver";
  const auto lacks = program_.version.lacks(segment_, at.field, at.component, at.subcomponent);
  if (lacks == hl7v2::Version::Lacks::segment) place = segment_;
  if (lacks == hl7v2::Version::Lacks::component) {
    place += "." + std::to_string(at.component);
    if (at.subcomponent > 1) place += "." + std::to_string(at.subcomponent);
  }
  if (result == Put::taken) return place + (at.component > 1 ? "." + std::to_string(at.component) : "") + " holds one value, and has one";
  return place + " is not in HL7 " + program_.version.name();
}

unsigned Fields::repetitions(unsigned field) const {
  unsigned most = 0;
  for (const auto& part : parts_) {
    if (part.at.field == field) most = std::max(most, part.at.repetition);
  }
  return most;
}

bool Fields::has(unsigned field, unsigned repetition, unsigned component) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
    return part.at.field == field && part.at.repetition == repetition && (component == 0 || part.at.component == component);
  });
}

std::string_view Fields::text(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent) const {
  const Address at{field, repetition, component, subcomponent};
  for (const auto& part : parts_) {
    if (part.at == at) return part.text;
  }
  return {};
}

void Fields::write(hl7v2::Builder& builder) {
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.at < b.at; });
  builder.segment(segment_);
  for (const auto& part : parts_) builder.set(part.at.field, part.at.repetition, part.at.component, part.at.subcomponent, part.text);
}

}  // namespace yilian::mapping::outbound
