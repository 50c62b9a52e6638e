#pragma once
// What a sender hears whose feed answers after delivery.

#include <functional>
#include <string>
#include <string_view>

#include "engine/routing/patience.h"
#include "engine/routing/process.h"

namespace yilian::routing {

// Makes the replies of `processed` those that fit what became of its deliveries: its own where all is well, the answer of the destination that the feed names where that
// speaks of this message, else AE with why. In enhanced mode the accept answer stays the first. `name_of`: a destination's full name by its number.
void answer_after_delivery(const Feed& feed, std::string_view raw, const Patience::Outcome& outcome, const std::function<std::string(std::int64_t)>& name_of, Processed& processed);

}  // namespace yilian::routing
