// Slicing (profiling.html#slicing): which slice an item is of, and what that asks.

#include <algorithm>

#include "engine/fhirpath/type_names.h"
#include "engine/validation/profile_walk.h"
#include "engine/validation/value_rules.h"

namespace yilian::validation {
namespace {

using fhir::Json;
using fhirpath::Node;
using Kind = PathStep::Kind;

constexpr std::string_view kDefault = "@default";

// What a slice says of the end of a path: rules, or a part of a fixed value or pattern that stands further up.
struct Expected {
  const Rule* rule = nullptr;
  const Json* fixed = nullptr;
  const Json* pattern = nullptr;
  const TypeRule* type = nullptr;  // a resolved reference: what it may point to
};

const Json* part_of(const Json* value, std::string_view name) {
  if (!value) return nullptr;
  if (value->is_array()) return value->size() == 1 ? part_of(&value->items().front(), name) : nullptr;
  return value->find(name);
}

const Rule* extension_slice(const Rule& rule, std::string_view url, const ProfileSet&) {
  const Rule* extensions = rule.child("extension");
  for (const Rule& each : extensions ? std::span<const Rule>(extensions->slices) : std::span<const Rule>()) {
    const Rule* own = each.child("url");
    if (own && own->fixed && own->fixed->text() == url) return &each;
    for (const TypeRule& type : each.types) {
      if (std::ranges::find(type.profiles, url) != type.profiles.end()) return &each;
    }
  }
  return nullptr;
}

// The rule itself, and the profiles of its types.
std::vector<const Rule*> with_profiles(const Rule& rule, const ProfileSet& profiles) {
  std::vector<const Rule*> all{&rule};
  for (const TypeRule& type : rule.types) {
    if (type.profiles.size() != 1) continue;
    if (const Profile* found = profiles.find(type.profiles.front())) all.push_back(&found->root);
  }
  return all;
}

Expected below(const Expected& at, const PathStep& step, const ProfileSet& profiles) {
  Expected found;
  found.fixed = step.kind == Kind::child ? part_of(at.fixed  ? at.fixed
                                                   : at.rule ? at.rule->fixed
                                                             : nullptr,
                                                   step.name)
                                         : nullptr;
  found.pattern = step.kind == Kind::child ? part_of(at.pattern ? at.pattern
                                                     : at.rule  ? at.rule->pattern
                                                                : nullptr,
                                                     step.name)
                                           : nullptr;
  if (!at.rule) return found;
  if (step.kind == Kind::of_type) return at;
  for (const Rule* each : with_profiles(*at.rule, profiles)) {
    if (found.rule) break;
    if (step.kind == Kind::child) found.rule = each->child(step.name);
    if (step.kind == Kind::extension) found.rule = extension_slice(*each, step.name, profiles);
    if (step.kind != Kind::resolve) continue;
    for (const TypeRule& type : each->types) {
      if (type.targets.empty()) continue;
      found.type = &type;
      const Profile* target = type.targets.size() == 1 ? profiles.find(type.targets.front()) : nullptr;
      if (target) found.rule = &target->root;
    }
  }
  // One slice alone below may say it: coding with a single slice.
  if (found.rule && found.rule->slices.size() == 1 && found.rule->children.empty() && !found.rule->fixed &&
      !found.rule->pattern && step.kind == Kind::child && found.rule->slices.front().min > 0) {
    found.rule = &found.rule->slices.front();
  }
  return found;
}

Expected at_end(const Rule& slice, const std::vector<PathStep>& path, const ProfileSet& profiles) {
  Expected at;
  at.rule = &slice;
  for (const PathStep& step : path) at = below(at, step, profiles);
  return at;
}

}  // namespace

Nodes ProfileWalk::follow(const std::vector<PathStep>& path, const Node& node, bool types_only) {
  Nodes at{&node};
  for (const PathStep& step : path) {
    Nodes next;
    for (const Node* each : at) {
      if (!session_.spend()) return {};
      Nodes found;
      if (step.kind == Kind::child) found = children_of(*each, step.name, session_.arena());
      if (step.kind == Kind::resolve) found = resolved(*each, types_only);
      if (step.kind == Kind::of_type && each->type->name == step.name) found = {each};
      if (step.kind == Kind::extension) {
        found = children_of(*each, "extension", session_.arena());
        std::erase_if(found, [&](const Node* one) { return !one->value || one->value->text_at("url") != step.name; });
      }
      next.insert(next.end(), found.begin(), found.end());
    }
    at = std::move(next);
  }
  return at;
}

std::optional<bool> ProfileWalk::is_of_types(const Rule& slice, const Discriminator& by, const Nodes& nodes) {
  const Expected expected = at_end(slice, by.path, profiles_);
  if (!expected.type && (!expected.rule || expected.rule->types.empty())) return std::nullopt;
  const auto fits = [&](const Node& node) {
    if (expected.type) {
      return std::ranges::any_of(expected.type->targets, [&](const std::string& canonical) {
        const Profile* profile = profiles_.find(canonical);
        const fhir::Type* type = profile ? profile->type : base_type(canonical);
        return type && fhirpath::is_of(*node.type, *type);
      });
    }
    return std::ranges::any_of(expected.rule->types, [&](const TypeRule& each) {
      return each.type && fhirpath::is_of(*node.type, *each.type);
    });
  };
  return std::ranges::any_of(nodes, [&](const Node* each) { return fits(*each); });
}

// Nothing: the slice says nothing there.
std::optional<bool> ProfileWalk::discriminated(const Rule& slice, const Discriminator& by, const Node& node,
                                               const Scope& scope) {
  const Nodes nodes = follow(by.path, node, by.kind == Discriminator::Kind::type);
  if (by.kind == Discriminator::Kind::type) return is_of_types(slice, by, nodes);
  const Expected expected = at_end(slice, by.path, profiles_);
  if (by.kind == Discriminator::Kind::exists) {
    if (!expected.rule) return std::nullopt;
    return expected.rule->max == 0 ? nodes.empty() : !nodes.empty();
  }
  if (by.kind == Discriminator::Kind::profile) {
    std::vector<std::string> canonicals;
    if (expected.type) canonicals = expected.type->targets;
    if (expected.rule && !expected.type) {
      for (const TypeRule& type : expected.rule->types)
        canonicals.insert(canonicals.end(), type.profiles.begin(), type.profiles.end());
    }
    if (canonicals.empty()) return std::nullopt;
    return std::ranges::any_of(nodes, [&](const Node* each) {
      bool known = true;
      return std::ranges::any_of(canonicals,
                                 [&](const std::string& canonical) { return has_profile(canonical, *each, known); });
    });
  }
  // The extension that a profile is of has its URL, whether or not the profile is known.
  if (!expected.rule && !expected.fixed && !expected.pattern && by.path.size() == 1 && by.path.front().name == "url") {
    return std::ranges::any_of(slice.types, [&](const TypeRule& type) {
      return std::ranges::any_of(type.profiles, [&](const std::string& canonical) {
        return node.value && node.value->text_at("url") == canonical.substr(0, canonical.find('|'));
      });
    });
  }
  const auto fits = [&](const Node* each) {
    if (expected.fixed && (!each->value || !matches_pattern(*each->value, *expected.fixed))) return false;
    if (expected.pattern && (!each->value || !matches_pattern(*each->value, *expected.pattern))) return false;
    return !expected.rule || session_.holds([&] {
      rule(*expected.rule, *each, Scope{scope.profile, scope.level + 1});
    });
  };
  if (!expected.rule && !expected.fixed && !expected.pattern) return std::nullopt;
  return std::ranges::any_of(nodes, fits);
}

bool ProfileWalk::in_slice(const Rule& slice, const Slicing& slicing, const Node& node, const Scope& scope) {
  bool told = false;
  for (const Discriminator& by : slicing.discriminators) {
    const auto fits = discriminated(slice, by, node, scope);
    if (fits == false) return false;
    told = told || fits.has_value();
  }
  return told;
}

void ProfileWalk::slices(const Rule& sliced, const Nodes& nodes, const Node& parent, const Scope& scope) {
  static const Slicing none;
  const Slicing& slicing = sliced.slicing ? *sliced.slicing : none;
  if (slicing.discriminators.empty() && slicing.rules == Slicing::Rules::open)
    return;  // nothing tells what is in which
  const std::size_t count_of_slices = sliced.slices.size();
  std::vector<Nodes> in(count_of_slices);
  std::size_t last = 0;      // the furthest slice so far
  bool was_outside = false;  // an item of none was passed
  for (const Node* node : nodes) {
    if (session_.done()) return;
    std::size_t at = 0;
    while (at < count_of_slices &&
           (sliced.slices[at].slice_name == kDefault || !in_slice(sliced.slices[at], slicing, *node, scope)))
      ++at;
    if (at == count_of_slices) {
      for (std::size_t i = 0; i < count_of_slices; ++i) {
        if (sliced.slices[i].slice_name == kDefault) at = i;
      }
    }
    if (at == count_of_slices) {
      was_outside = true;
      if (slicing.rules == Slicing::Rules::closed)
        error("structure", *node, "Is in none of the slices of " + sliced.name + ", and others are not allowed", scope);
      continue;
    }
    if (was_outside && slicing.rules == Slicing::Rules::at_end)
      error("structure", *node, "What is in no slice of " + sliced.name + " has to stand at the end", scope);
    if (slicing.ordered && at < last)
      error("structure", *node, "Stands behind what is in a later slice of " + sliced.name, scope);
    last = std::max(last, at);
    in[at].push_back(node);
  }
  for (std::size_t i = 0; i < count_of_slices; ++i) {
    const Rule& slice = sliced.slices[i];
    count(slice, in[i].size(), parent, scope);
    for (const Node* each : in[i]) rule(slice, *each, Scope{scope.profile, scope.level + 1});
    if (!slice.slices.empty()) {
      // Slices of a slice are told apart as the slices are, where nothing else is said.
      if (slice.slicing) {
        slices(slice, in[i], parent, scope);
      } else {
        Rule again = slice;
        again.slicing = slicing;
        again.slicing->rules = Slicing::Rules::open;
        slices(again, in[i], parent, scope);
      }
    }
  }
}

}  // namespace yilian::validation
