#pragma once
// The files below mappings/fhir-to-hl7v2 as they are written, and the code tables of mappings/hl7v2 beside it.

#include <map>
#include <string>
#include <vector>

#include "engine/base/config.h"
#include "engine/mapping/outbound/tables.h"

namespace yilian::mapping::outbound {

struct MapSource {
  std::string name;    // "PID[Patient]"
  bool segment;        // else a datatype
  std::string type;    // "PID", "CX"
  std::string source;  // "Patient", "Identifier", "Patient.contact"
  config::Node node;
};

struct OptionSource {
  std::vector<std::string> values;  // the first is the default
};

struct Sources {
  std::map<std::string, MapSource> maps;
  std::map<std::string, config::Node> messages;  // by file name
  std::map<std::string, Table> tables;
  std::map<std::string, OptionSource> options;
  std::map<std::string, std::string, std::less<>> systems, oids;
};

// Problems are added to `issues`; what can be read is read.
Sources read_sources(const std::string& folder, std::vector<Issue>& issues);

}  // namespace yilian::mapping::outbound
