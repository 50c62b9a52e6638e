#pragma once
// What `yilian convert --explain` tells of one message: where each element came from, which bytes nothing used, and where a
// rule fell back.

#include <string>

#include "engine/mapping/mapping.h"

namespace yilian::daemon {

// Lines for people. `place`: "day.hl7 message 3".
std::string explained(const std::string& place, const hl7v2::Message& message, const mapping::Mapped& mapped);
// The same, and the notices, as one JSON object on one line.
std::string explained_as_json(const std::string& place, const hl7v2::Message& message, const mapping::Mapped& mapped);

}  // namespace yilian::daemon
