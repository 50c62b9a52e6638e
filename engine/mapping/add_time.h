#pragma once
// A time and a duration: plus() of the mapping language.

#include <optional>
#include <string>
#include <string_view>

namespace yilian::mapping {

// `time` as HL7 writes it, later by so many units; as fine as the time, or as the unit when that is finer. Units are those
// of UCUM (s, min, h, d, wk, mo, a), HL7's (S, M, H, D, W, L) and their English and Chinese words. A month later than the
// last of a long month is the last of a short one. Nothing for a negative or unknown amount, for an unknown unit, and for
// what cannot be known: half an hour after a day of which no hour is told.
std::optional<std::string> later(std::string_view time, std::string_view amount, std::string_view unit);

}  // namespace yilian::mapping
