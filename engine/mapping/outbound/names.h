#pragma once
// URIs of coding systems and assigning authorities to the names that HL7 v2 writes: the receiver's own first, then
// systems.yaml, then what the URI itself says.

#include <map>
#include <string>
#include <string_view>

namespace yilian::mapping::outbound {

class Names {
 public:
  std::map<std::string, std::string, std::less<>> own;     // the receiver's: URI -> name
  std::map<std::string, std::string, std::less<>> shared;  // systems.yaml
  std::map<std::string, std::string, std::less<>> oids;    // the same: authorities that HL7 v2 knows by an OID

  // The name of a coding system (CWE.3): "LN", "HL70001", an OID without its prefix, a hospital's local name, else the
  // URI itself.
  std::string coding(std::string_view uri) const;
  // The name of an authority (HD.1): the receiver's, or the local one of a hospital; else empty.
  std::string authority(std::string_view uri) const;
  // HD.2 and HD.3: an OID with "ISO", a UUID with "UUID", a URI with "URI"; empty where authority() names it.
  std::string universal(std::string_view uri) const;
  std::string universal_type(std::string_view uri) const;
};

}  // namespace yilian::mapping::outbound
