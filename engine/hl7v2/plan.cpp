#include "engine/hl7v2/plan.h"

#include <algorithm>

namespace yilian::hl7v2 {
namespace {

bool is_prior(std::string_view name) { return name.find("PRIOR") != std::string_view::npos; }

std::string_view head_of(const Particle& group) {
  const Particle* at = &group;
  while (at->group && !at->children.empty()) at = &at->children.front();
  return at->group ? std::string_view() : at->name;
}

}  // namespace

Plan::Plan(const Particle& structure) : results_(structure.name.substr(0, 3) == "ORU") {
  add(structure, 0, 0, true, false);
  for (Index i = 0; i < items_.size(); ++i) {
    if (!items_[i].group) by_id_.push_back(i);
  }
  std::stable_sort(by_id_.begin(), by_id_.end(), [this](Index a, Index b) { return items_[a].name < items_[b].name; });
}

// Recursion goes as deep as the structure, which is ours, never the message.
void Plan::add(const Particle& particle, Index parent, unsigned number, bool may_begin, bool inside_prior) {
  const auto self = static_cast<Index>(items_.size());
  const bool prior = particle.group && self != 0 && is_prior(particle.name);
  Door door = Door::open;
  if (prior && !inside_prior) door = Door::head_only;
  if (particle.group && particle.name == "PATIENT_OBSERVATION") door = Door::before_order;
  items_.push_back({particle.name, parent, 0, static_cast<std::uint8_t>(std::min(number, 63u)), particle.group,
                    particle.required, particle.repeats, may_begin, door,
                    particle.group ? head_of(particle) : particle.name});
  bool begins = true;
  unsigned child = 0;
  for (const Particle& below : particle.children) {
    add(below, self, child++, begins, prior || inside_prior);
    begins = begins && !below.required;
  }
  items_[self].end = static_cast<Index>(items_.size());
}

std::span<const Plan::Index> Plan::places(std::string_view id) const {
  const auto less = [this](Index a, std::string_view b) { return items_[a].name < b; };
  const auto first = std::lower_bound(by_id_.begin(), by_id_.end(), id, less);
  auto last = first;
  while (last != by_id_.end() && items_[*last].name == id) ++last;
  return {first, last};
}

}  // namespace yilian::hl7v2
