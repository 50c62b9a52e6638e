#pragma once
// A message file to its compiled form: rows held against the structure, paths against FHIR.

#include <set>

#include "engine/mapping/outbound/program.h"

namespace yilian::mapping::outbound {

struct Known {
  const Sources& sources;
  const std::map<std::string, std::unique_ptr<Map>>& maps;
  const std::set<std::string>& options;
  const std::set<std::string>& tables;
};

MessageMap compile_message(const std::string& name, const config::Node& node, const Known& known, std::vector<Issue>& issues);

}  // namespace yilian::mapping::outbound
