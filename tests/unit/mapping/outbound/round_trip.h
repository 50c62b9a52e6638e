#pragma once
// HL7 v2 -> FHIR -> HL7 v2: which parts of a message come back, and where those that do not are lost.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mapping/mapping.h"
#include "engine/mapping/outbound/outbound.h"

namespace yilian::mapping::outbound::test {

// Parts (repetitions, components, subcomponents with a value) of one field over many messages.
struct Tally {
  std::size_t parts = 0;    // valued in the message
  std::size_t held = 0;     // of these, what became an element of a resource and has a place in the version written
  std::size_t beyond = 0;   // became an element, but the version that the message says has no such part
  std::size_t same = 0;     // of the held ones: the same value in the same place again
  std::size_t meaning = 0;  // another notation: read again it makes the same elements
  std::size_t moved = 0;    // the same value in another place of the message
  std::size_t lost = 0;
  std::string example;      // of a part that is lost: "'X' of PID-5.4"
  std::string moved_example;

  void add(const Tally& other);
};

struct Trip {
  std::string type;                     // "ORU^R01"
  std::string refused;                  // why there is no message; else empty
  std::map<std::string, Tally> fields;  // "PID-5"
  std::string text;                     // the message that came back
  std::size_t losses = 0;
};

class RoundTrip {
 public:
  // `version`: of the messages that are written; empty: as the message read. Throws what is wrong with the rules.
  RoundTrip(const std::string& mappings, std::string version = {});
  Trip run(std::string_view raw);

 private:
  const Outbound& outbound(const std::string& version);

  std::shared_ptr<const Mapping> mapping_;
  Library library_;
  Context context_;
  std::string version_;
  std::map<std::string, std::shared_ptr<const Outbound>> outbounds_;
};

}  // namespace yilian::mapping::outbound::test
