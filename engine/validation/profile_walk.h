#pragma once
// Elements against the rules of profiles.

#include <string>

#include "engine/fhirpath/item.h"
#include "engine/validation/elements.h"
#include "engine/validation/profile_set.h"
#include "engine/validation/session.h"

namespace yilian::validation {

class ProfileWalk {
 public:
  ProfileWalk(const ProfileSet& profiles, Session& session) : profiles_(profiles), session_(session) {}

  void apply(const Profile& profile, const fhirpath::Node& node);
  // Whether it conforms, without telling of what is wrong.
  bool conforms(const Profile& profile, const fhirpath::Node& node);
  // An extension whose definition is known: that, and whether it may stand where it does.
  void extension(const fhirpath::Node& node);

 private:
  struct Scope {
    const Profile* profile;
    std::size_t level;
  };
  void rule(const Rule& rule, const fhirpath::Node& node, const Scope& scope);
  void children(const Rule& rule, const fhirpath::Node& node, const Scope& scope);
  void count(const Rule& rule, std::size_t found, const fhirpath::Node& parent, const Scope& scope);
  void error(std::string_view type, const fhirpath::Node& node, std::string text, const Scope& scope) {
    session_.report(Severity::error, type, node, std::move(text), scope.profile->url);
  }

  // profile_types.cpp
  void types(const Rule& rule, const fhirpath::Node& node, const Scope& scope);
  void targets(const TypeRule& type, const fhirpath::Node& node, const Scope& scope);
  void binding(const Binding& binding, const fhirpath::Node& node, const Scope& scope);
  bool has_profile(const std::string& canonical, const fhirpath::Node& node, bool& known);
  Nodes resolved(const fhirpath::Node& reference, bool types_only);
  std::optional<bool> is_member(const Binding& binding, const fhirpath::Node& node, bool& has_code);

  // slices.cpp
  void slices(const Rule& sliced, const Nodes& nodes, const fhirpath::Node& parent, const Scope& scope);
  bool in_slice(const Rule& slice, const Slicing& slicing, const fhirpath::Node& node, const Scope& scope);
  std::optional<bool> discriminated(const Rule& slice, const Discriminator& by, const fhirpath::Node& node,
                                    const Scope& scope);
  std::optional<bool> is_of_types(const Rule& slice, const Discriminator& by, const Nodes& nodes);
  Nodes follow(const std::vector<PathStep>& path, const fhirpath::Node& node, bool types_only);

  const ProfileSet& profiles_;
  Session& session_;
};

}  // namespace yilian::validation
