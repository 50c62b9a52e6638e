#pragma once
// The profiles that are known, with the value sets beside them.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/validation/profile.h"
#include "engine/validation/value_sets.h"

namespace yilian::validation {

// Filled once, then only read, by any threads.
class ProfileSet {
 public:
  ProfileSet() = default;
  ProfileSet(const ProfileSet&) = delete;

  // JSON files of StructureDefinitions, ValueSets and CodeSystems, or Bundles of them, in the folder and those below;
  // other resources are passed over. Every file is looked at; what is wrong is told with the file or the profile, and
  // such a profile is not known then.
  std::vector<Issue> load(const std::string& folder);
  // The same with trees, which need not live on.
  std::vector<Issue> add(const std::vector<const fhir::Json*>& resources);

  // By canonical; a version behind "|" has to be the profile's, when it has one. nullptr: not known.
  const Profile* find(std::string_view canonical) const;
  std::size_t size() const { return profiles_.size(); }
  const ValueSets& value_sets() const { return value_sets_; }
  void ask(Membership beyond) { value_sets_.ask(std::move(beyond)); }

 private:
  using Waiting = std::map<std::string, const fhir::Json*, std::less<>>;
  void make(const std::string& url, Waiting& waiting, std::vector<Issue>& issues);

  std::map<std::string, Profile, std::less<>> profiles_;
  ValueSets value_sets_;
};

// Whether a canonical is that of one of R4's own types: ".../StructureDefinition/Patient".
const fhir::Type* base_type(std::string_view canonical);

}  // namespace yilian::validation
