#pragma once
// Files that the commands are given.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::daemon {

// The whole of a file, or of standard input for "-". too_large above 1 GB.
Result<std::string> read_whole(const std::string& file);

// `place`: "day.hl7", "day.hl7 message 3". Says whether to go on.
using Visit = std::function<bool(const std::string& place, std::string_view text)>;
// Each file whole. What cannot be read is told on standard error; whether all could be.
bool for_each_file(const std::vector<std::string>& files, const Visit& visit);
// Each HL7 v2 message in them, framed, in a batch, or one after another. A file without one counts as not read.
bool for_each_message(const std::vector<std::string>& files, const Visit& visit);

// Onto standard output; what it does not take is told, and there is no use in going on.
bool put(std::string_view text);

}  // namespace yilian::daemon
