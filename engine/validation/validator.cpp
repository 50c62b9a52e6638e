#include "engine/validation/validator.h"

#include <algorithm>

#include "engine/fhir/check.h"
#include "engine/validation/base_walk.h"
#include "engine/validation/profile_walk.h"

namespace yilian::validation {
namespace {

using fhir::Json;
using fhirpath::Node;

void held_against(const Node& node, const std::string& canonical, const ProfileSet* profiles, Session& session) {
  if (const Profile* found = profiles ? profiles->find(canonical) : nullptr)
    return ProfileWalk(*profiles, session).apply(*found, node);
  if (const fhir::Type* base = base_type(canonical)) {
    if (base == node.type) return;
    for (const fhir::Type* each = node.type->base; each; each = each->base) {
      if (each == base) return;
    }
    if (base->kind == fhir::Type::Kind::resource) {
      return session.report(Severity::error, "structure", node,
                            "Claims to be a " + std::string(base->name) + ", and is a " + std::string(node.type->name),
                            canonical);
    }
  }
  session.report(Severity::warning, "not-found", node, "The profile " + canonical + " is not known", {});
}

void claims(const Node& node, const Options& options, const ProfileSet* profiles, Session& session) {
  if (!options.claimed || !node.value) return;
  const Json* meta = node.value->find("meta");
  const Json* claimed = meta ? meta->find("profile") : nullptr;
  if (!claimed) return;
  for (const Json& each : claimed->items()) {
    const std::string canonical(each.text());
    if (!canonical.empty() && std::ranges::find(options.profiles, canonical) == options.profiles.end())
      held_against(node, canonical, profiles, session);
  }
}

class Below : public Visitor {
 public:
  Below(const Options& options, const ProfileSet* profiles, Session& session)
      : options_(options), profiles_(profiles), session_(session) {}
  void extension(const Node& node) override {
    if (profiles_) ProfileWalk(*profiles_, session_).extension(node);
  }
  void resource(const Node& node) override { claims(node, options_, profiles_, session_); }

 private:
  const Options& options_;
  const ProfileSet* profiles_;
  Session& session_;
};

// What expressions of profiles ask: conformsTo, memberOf.
class Services : public fhirpath::Services {
 public:
  Services(const ProfileSet* profiles, Session*& session) : profiles_(profiles), session_(session) {}
  Result<bool> conforms_to(const Node& node, std::string_view canonical) override {
    const Profile* found = profiles_ ? profiles_->find(canonical) : nullptr;
    if (found) return ProfileWalk(*profiles_, *session_).conforms(*found, node);
    if (const fhir::Type* base = base_type(canonical)) return base == node.type;
    return fail(Code::unsupported, "The profile " + std::string(canonical) + " is not known");
  }
  Result<std::optional<bool>> member_of(const fhirpath::Item& coded, std::string_view value_set) override {
    if (!profiles_) return std::optional<bool>();
    if (!coded.is_node())
      return coded.kind() == fhirpath::Item::Kind::string
                 ? profiles_->value_sets().contains(value_set, {}, coded.text())
                 : std::optional<bool>();
    const Node& node = coded.node();
    if (!node.value) return std::optional<bool>(false);
    if (node.is_primitive()) return profiles_->value_sets().contains(value_set, {}, node.value->text());
    const Json* codings = node.value->find("coding");
    if (!codings)
      return profiles_->value_sets().contains(value_set, node.value->text_at("system"), node.value->text_at("code"));
    std::optional<bool> result = false;
    for (const Json& each : codings->items()) {
      const auto member = profiles_->value_sets().contains(value_set, each.text_at("system"), each.text_at("code"));
      if (member == true) return member;
      if (!member) result = std::nullopt;
    }
    return result;
  }

 private:
  const ProfileSet* profiles_;
  Session*& session_;
};

}  // namespace

std::vector<Finding> Validator::validate(const Json& resource, const Options& options) const {
  Session* current = nullptr;
  Services services(profiles_, current);
  Session session(options.bounds, options.best_practice, &services);
  current = &session;
  if (options.structure) {
    for (Issue& issue : fhir::check(resource, options.bounds.findings)) {
      std::string text = std::move(issue.what);
      if (!issue.cure.empty()) text.append(". ").append(issue.cure);
      session.add({issue.severity, facts(issue.code).fhir, std::move(issue.where), {}, std::move(text), {}});
    }
  }
  const Node node = fhirpath::root_node(resource);
  if (!resource.is_object() || !fhir::is_resource_type(node.type->name)) return session.take();
  Below below(options, profiles_, session);
  const bool looks_below = profiles_ || options.claimed;
  walk_base(node, session, looks_below ? &below : nullptr);
  for (const std::string& each : options.profiles) held_against(node, each, profiles_, session);
  claims(node, options, profiles_, session);
  return session.take();
}

bool has_error(std::span<const Finding> findings) { return std::ranges::any_of(findings, is_error); }

}  // namespace yilian::validation
