#pragma once
// Moments by the clock on a hospital's wall, for people.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace yilian {

// Seconds east of UTC. Where a clock is set back, the hour that comes twice is given as the first of the two.
std::int64_t offset_at(Instant at, const Zone& zone);

// "2026-11-24 16:30:00".
std::string wall_clock(Instant at, const Zone& zone);

// How long it was or will be, with one or two parts: "850 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h".
std::string span_text(std::int64_t microseconds);

// What a person writes for a moment: a FHIR instant; "2026-11-24", "2026-11-24 16:30", "2026-11-24T16:30:05" by the wall's clock; "now"; "today"; "90s", "30m", "2h",
// "3d" ago.
std::optional<Instant> moment_from(std::string_view text, const Zone& zone, Instant present);

}  // namespace yilian
