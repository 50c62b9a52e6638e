#include "engine/validation/profile_walk.h"

#include <algorithm>

#include "engine/validation/value_rules.h"

namespace yilian::validation {
namespace {

using fhirpath::Node;

constexpr std::size_t kMostLevels = 100;  // of elements and of profiles that name profiles

// "Patient.name", from the resource or data type that the element is in.
std::string path_of(const Node& node) {
  if (!node.element || node.type->kind == fhir::Type::Kind::resource || !node.parent)
    return std::string(node.type->name);
  return path_of(*node.parent) + '.' + std::string(node.element->name);
}

bool is_kind_of(const fhir::Type& type, std::string_view name) {
  for (const fhir::Type* each = &type; each; each = each->base) {
    if (each->name == name) return true;
  }
  return false;
}

// defining-extensions.html#context
bool may_stand_on(const Node& on, const ExtensionContext& context) {
  std::string_view expression = context.expression;
  if (context.type == "fhirpath" || expression == "Element") return true;  // the one is not looked at, the other is any
  if (context.type == "extension")
    return on.value && on.value->text_at("url") == expression.substr(0, expression.find('#'));
  std::string path(expression);
  if (const auto at = path.find("[x]"); at != std::string::npos) path.erase(at, 3);
  if (is_kind_of(*on.type, path) || path_of(on) == path) return true;
  // "Timing.repeat": from a data type on
  return on.element && on.parent && std::string(on.parent->type->name) + '.' + std::string(on.element->name) == path;
}

}  // namespace

void ProfileWalk::apply(const Profile& profile, const Node& node) {
  if (node.type != profile.type && !is_kind_of(*node.type, profile.type->name)) {
    return session_.report(
        Severity::error, "structure", node,
        "The profile is for " + std::string(profile.type->name) + ", not " + std::string(node.type->name), profile.url);
  }
  std::size_t level = 0;
  for (const Node* each = &node; each; each = each->parent) ++level;
  rule(profile.root, node, Scope{&profile, level});
}

bool ProfileWalk::conforms(const Profile& profile, const Node& node) {
  return session_.holds([&] { apply(profile, node); });
}

void ProfileWalk::rule(const Rule& rule, const Node& node, const Scope& scope) {
  if (session_.done() || !session_.spend() || scope.level > kMostLevels) return;
  if (!rule.types.empty()) types(rule, node, scope);
  if (std::string wrong = wrong_value(rule, node, session_.arena()); !wrong.empty())
    error("value", node, std::move(wrong), scope);
  if (rule.binding) binding(*rule.binding, node, scope);
  if (!rule.constraints.empty()) {
    const fhir::ElementSet present = presence_of(node);
    for (const Constraint& each : rule.constraints)
      session_.test(each, node, present, scope.profile->url, &rule != &scope.profile->root);
  }
  children(rule, node, scope);
  if (rule.content.empty()) return;
  if (const Rule* same = scope.profile->find(rule.content); same && same != &rule) children(*same, node, scope);
}

void ProfileWalk::children(const Rule& rule, const Node& node, const Scope& scope) {
  const Scope below{scope.profile, scope.level + 1};
  for (const Rule& child : rule.children) {
    if (session_.done()) return;
    const Nodes nodes = children_of(node, child.name, session_.arena());
    session_.spend(nodes.size());
    count(child, nodes.size(), node, scope);
    for (const Node* each : nodes) this->rule(child, *each, below);
    if (!child.slices.empty() || (child.slicing && child.slicing->rules == Slicing::Rules::closed))
      slices(child, nodes, node, scope);
  }
}

void ProfileWalk::count(const Rule& rule, std::size_t found, const Node& parent, const Scope& scope) {
  const std::string name = rule.name + (rule.slice_name.empty() ? "" : ":" + rule.slice_name);
  if (found < rule.min)
    error("required", parent, "Needs " + (rule.min > 1 ? std::to_string(rule.min) + " times " : "") + name, scope);
  if (found <= rule.max) return;
  error("structure", parent,
        rule.max == 0 ? name + " must not be here"
                      : name + " may be here " + std::to_string(rule.max) + " times, not " + std::to_string(found),
        scope);
}

void ProfileWalk::extension(const Node& node) {
  const std::string_view url = node.value ? node.value->text_at("url") : std::string_view();
  const Profile* found = url.empty() ? nullptr : profiles_.find(url);
  if (!found || found->type->name != "Extension") return;
  apply(*found, node);
  if (found->contexts.empty() || !node.parent) return;
  const auto fits = [&](const ExtensionContext& each) { return may_stand_on(*node.parent, each); };
  if (std::ranges::none_of(found->contexts, fits)) {
    session_.report(Severity::error, "extension", node, "This extension must not stand on " + path_of(*node.parent),
                    found->url);
  }
}

}  // namespace yilian::validation
