#pragma once
// Names of coding systems and assigning authorities to URIs: the hospital's own first, then the well-known ones, then
// one of the hospital's space.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/mapping/flat_map.h"

namespace yilian::mapping {

class Systems {
 public:
  Systems() = default;
  explicit Systems(const std::map<std::string, std::string>& own);

  // A name, an OID, a UUID, a URI or an HL7 table number. Empty for an empty name.
  std::string_view of_name(std::string_view name, std::string_view hospital, fhir::Arena& arena) const;
  // HD: namespace id, universal id and its type (ISO, UUID, URI, …).
  std::string_view of_authority(std::string_view name, std::string_view id, std::string_view type,
                                std::string_view hospital, fhir::Arena& arena) const;

 private:
  std::string_view own(std::string_view name) const;

  FlatMap names_;
  std::vector<std::string> uris_;
};

}  // namespace yilian::mapping
