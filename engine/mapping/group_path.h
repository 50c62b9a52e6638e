#pragma once
// Names of groups of a message structure.

#include <string>
#include <string_view>
#include <vector>

#include "engine/mapping/program.h"

namespace yilian::mapping {

std::vector<std::string> split_path(const std::string& text);  // at the dots
std::string path_text(const MessageProgram& map, std::uint32_t path);
// Whether the named groups are met in this order on the way to `path`; with `ends`, the last one is `path` itself.
bool on_the_way(const MessageProgram& map, std::uint32_t path, const std::vector<std::string>& groups, bool ends);
bool holds_segment(const hl7v2::Particle& group, std::string_view id);

}  // namespace yilian::mapping
