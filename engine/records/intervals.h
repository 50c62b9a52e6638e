#pragma once
// The interval of a date, an instant, a Period or a Timing, of which the outer limits count (search.html#date).

#include <algorithm>
#include <optional>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/records/dates.h"

namespace yilian::records {

template <class Unit>
std::optional<Interval> interval_of_period(const fhir::Json& period) {
  const auto start = Unit::read(period.text_at("start"));
  const auto end = Unit::read(period.text_at("end"));
  if (!start && !end) return std::nullopt;
  // One that ends before it begins is wrong (per-1), and found by all that lies between the two.
  if (start && end && end->high < start->low) return Interval{end->low, start->high};
  return Interval{start ? start->low : Unit::kOpen.low, end ? end->high : Unit::kOpen.high};
}

// Calls `visit` with it, if there is one; in milliseconds or ticks.
template <class Unit = Milliseconds, class Visit>
void intervals_in(const fhir::Type& type, const fhir::Json& value, const Visit& visit) {
  if (type.name == "Period") {
    if (const auto interval = interval_of_period<Unit>(value)) visit(*interval);
  } else if (type.name == "Timing") {
    std::optional<Interval> limits;
    const auto widen = [&](const Interval& by) {
      limits = limits ? Interval{std::min(limits->low, by.low), std::max(limits->high, by.high)} : by;
    };
    if (const fhir::Json* events = value.find("event"); events != nullptr && events->is_array()) {
      for (const fhir::Json& event : events->items()) {
        if (const auto interval = Unit::read(event.text())) widen(*interval);
      }
    }
    if (const fhir::Json* repeat = value.find("repeat"); repeat != nullptr) {
      const fhir::Json* bounds = repeat->find("boundsPeriod");
      const auto interval = bounds == nullptr ? std::nullopt : interval_of_period<Unit>(*bounds);
      if (interval) widen(*interval);
    }
    if (limits) visit(*limits);
  } else if (const auto interval = Unit::read(value.text())) {
    visit(*interval);
  }
}

}  // namespace yilian::records
