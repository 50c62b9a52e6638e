// Types and their profiles, targets of references, bindings.

#include <algorithm>

#include "engine/fhirpath/expression.h"
#include "engine/fhirpath/type_names.h"
#include "engine/validation/profile_walk.h"

namespace yilian::validation {
namespace {

using fhir::Json;
using fhirpath::Node;

std::string names_of(const std::vector<TypeRule>& types) {
  std::string names;
  for (const TypeRule& each : types) {
    names += (names.empty() ? "" : ", ") + std::string(each.type ? each.type->name : "a type that is not known");
  }
  return names;
}

const fhirpath::Expression& resolve_expression() {
  static const fhirpath::Expression made = *fhirpath::Expression::compile("resolve()");
  return made;
}

}  // namespace

void ProfileWalk::types(const Rule& rule, const Node& node, const Scope& scope) {
  const auto fits = [&](const TypeRule& each) { return each.type && fhirpath::is_of(*node.type, *each.type); };
  const auto found = std::ranges::find_if(rule.types, fits);
  if (found == rule.types.end()) {
    return error("structure", node, "Has to be " + names_of(rule.types) + ", not " + std::string(node.type->name),
                 scope);
  }
  targets(*found, node, scope);
  // Extensions are held against their definitions wherever they stand.
  if (found->profiles.empty() || found->type->name == "Extension") return;
  if (found->profiles.size() == 1) {
    const std::string& canonical = found->profiles.front();
    if (const Profile* profile = profiles_.find(canonical)) return apply(*profile, node);
    if (base_type(canonical)) return;
    return session_.report(Severity::warning, "not-found", node, "The profile " + canonical + " is not known",
                           scope.profile->url);
  }
  bool all_known = true;
  for (const std::string& each : found->profiles) {
    bool known = true;
    if (has_profile(each, node, known)) return;
    all_known = all_known && known;
  }
  session_.report(all_known ? Severity::error : Severity::warning, "structure", node,
                  "Conforms to none of the profiles that are allowed here", scope.profile->url);
}

bool ProfileWalk::has_profile(const std::string& canonical, const Node& node, bool& known) {
  if (const fhir::Type* type = base_type(canonical)) {
    if (!profiles_.find(canonical)) return fhirpath::is_of(*node.type, *type);
  }
  const Profile* profile = profiles_.find(canonical);
  known = profile != nullptr;
  return profile && conforms(*profile, node);
}

Nodes ProfileWalk::resolved(const Node& reference, bool types_only) {
  fhirpath::Context context{session_.arena()};
  context.resolve_types_only = types_only;
  context.limits.steps = 100'000;
  const auto found = resolve_expression().evaluate(reference, context);
  Nodes nodes;
  if (!found) return nodes;
  session_.spend(found->size() + 8);
  for (const fhirpath::Item& each : *found) {
    if (each.is_node()) nodes.push_back(&each.node());
  }
  return nodes;
}

void ProfileWalk::targets(const TypeRule& type, const Node& node, const Scope& scope) {
  if (type.targets.empty() || !node.value || type.type->name != "Reference") return;
  Nodes found = resolved(node, false);
  const bool is_there = !found.empty();
  if (!is_there) found = resolved(node, true);
  if (found.empty()) return;  // nothing is known of it
  const Node& target = *found.front();
  bool all_known = true;
  for (const std::string& canonical : type.targets) {
    const Profile* profile = profiles_.find(canonical);
    const fhir::Type* wanted = profile ? profile->type : base_type(canonical);
    if (!wanted) {
      all_known = false;
    } else if (fhirpath::is_of(*target.type, *wanted) && (!profile || !is_there || conforms(*profile, target))) {
      return;
    }
  }
  if (!all_known) return;
  std::string names;
  for (const std::string& each : type.targets) names += (names.empty() ? "" : ", ") + each;
  error("structure", node,
        std::string(is_there ? "What it refers to is none of: "
                             : "Refers to a " + std::string(target.type->name) + ", which is none of: ") +
            names,
        scope);
}

// Whether one of the codes is in the value set; nothing: not known.
std::optional<bool> ProfileWalk::is_member(const Binding& binding, const Node& node, bool& has_code) {
  const ValueSets& sets = profiles_.value_sets();
  const auto one = [&](std::string_view system, std::string_view code) -> std::optional<bool> {
    if (code.empty()) return false;
    has_code = true;
    return sets.contains(binding.value_set, system, code);
  };
  const std::string_view type = node.type->name;
  if (node.is_primitive()) return node.value ? one({}, node.value->text()) : std::nullopt;
  if (type != "CodeableConcept")
    return one(node.value->text_at("system").empty() ? "?" : node.value->text_at("system"),
               node.value->text_at("code"));
  std::optional<bool> result = false;
  const Json* codings = node.value->find("coding");
  for (const Json& each : codings ? codings->items() : std::span<const Json>()) {
    const std::string_view system = each.text_at("system");
    const auto member = one(system.empty() ? "?" : system, each.text_at("code"));
    if (member == true) return true;
    if (!member) result = std::nullopt;
  }
  return result;
}

void ProfileWalk::binding(const Binding& binding, const Node& node, const Scope& scope) {
  if (!node.value || (!node.is_primitive() && !node.value->is_object())) return;
  const std::string_view type = node.type->name;
  if (!node.is_primitive() && type != "CodeableConcept" && type != "Coding" && type != "Quantity") return;
  bool has_code = false;
  const auto member = is_member(binding, node, has_code);
  if (member.value_or(true)) return;
  const std::string text = has_code ? "No code of the value set " + binding.value_set
                                    : "No code, and the value set " + binding.value_set + " is bound here";
  if (binding.strength == "required") return error("code-invalid", node, text, scope);
  if (!has_code) return;  // a text alone will do
  session_.report(binding.strength == "extensible" ? Severity::warning : Severity::information, "code-invalid", node,
                  text + " (" + binding.strength + ")", scope.profile->url);
}

}  // namespace yilian::validation
