#pragma once
// HL7 v2 escape sequences (2.8 chapter 2.7): \F\ \S\ \T\ \R\ \E\ \P\ \Xhh..\ \Cxxyy\ \Mxxyyzz\ \H\ \N\ \.br\ \.sp\ \.ti\ \.in\ \.fi\ \.nf\ \.ce\ \.sk\ \Zdd\.

#include <string>
#include <string_view>

#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {

inline bool has_escape(std::string_view part, const Delimiters& d) { return part.find(d.escape) != std::string_view::npos; }
// Decoded once. Unknown and unterminated sequences stay as they are.
std::string unescape(std::string_view part, const Delimiters& d);
// What a builder writes so that unescape gives the text back.
std::string escape(std::string_view text, const Delimiters& d);

}  // namespace yilian::hl7v2
