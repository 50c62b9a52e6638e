#pragma once
// Where the rules lie, and the mapping that they make without a hospital's own.

#include <memory>
#include <string>
#include <vector>

#include "engine/mapping/mapping.h"

namespace yilian::daemon {

// `given`: a folder of rules, or the one above it that holds both ways; empty: this installation's (YILIAN_MAPPINGS, else
// beside the build tree or the installed program).
std::string rules_to_fhir(const std::string& given);
std::string rules_to_hl7v2(const std::string& given);

tl::expected<std::shared_ptr<const mapping::Mapping>, std::vector<Issue>> load_mapping(const std::string& given);
// Of a sender that no configuration names.
mapping::Context plain_context(const std::string& feed);

}  // namespace yilian::daemon
