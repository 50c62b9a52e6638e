#pragma once
// What one receiver wants: docs/fhir-to-hl7v2.md, "A receiver's profile".

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/mapping/outbound/names.h"
#include "engine/mapping/outbound/sources.h"
#include "engine/mapping/outbound/text_of.h"
#include "engine/hl7v2/versions.h"
#include "engine/text/encoding.h"

namespace yilian::mapping::outbound {

struct Profile {
  std::string version = "2.5.1";
  text::Charset charset = text::Charset::utf8;
  std::map<std::string, std::string> header;  // "sending-application", …: as written ("A^1.2.3^ISO")
  std::set<std::string> messages;             // empty: all
  std::set<std::string> unwanted;             // "NTE", "PID-19"
  std::map<std::string, std::string> options;
  std::vector<std::string> prefer;  // coding systems to write first
  Names names;
  std::map<std::string, config::Node> tables;  // FHIR's codes to the receiver's
  Clock clock;
  bool beyond_version = false;  // parts that the version lacks are written all the same
  bool apart = false;           // a message for each focus, also where one could hold several
};

Profile read_profile(const config::Node& node, const Sources& sources, std::vector<Issue>& issues);

}  // namespace yilian::mapping::outbound
