#pragma once
// The intervals of a date, an instant, a Period or a Timing.

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/records/dates.h"

namespace yilian::records {

// Calls `visit` for each interval.
template <class Visit>
void intervals_in(const fhir::Type& type, const fhir::Json& value, const Visit& visit) {
  if (type.name == "Period") {
    const auto start = read_interval(value.text_at("start"));
    const auto end = read_interval(value.text_at("end"));
    if (start || end) visit(Interval{start ? start->low : kOpenLow, end ? end->high : kOpenHigh});
  } else if (type.name == "Timing") {
    if (const fhir::Json* events = value.find("event"); events != nullptr && events->is_array()) {
      for (const fhir::Json& event : events->items()) {
        if (const auto interval = read_interval(event.text())) visit(*interval);
      }
    }
    if (const fhir::Json* repeat = value.find("repeat"); repeat != nullptr) {
      static const fhir::Type& period = *fhir::type("Period");
      if (const fhir::Json* bounds = repeat->find("boundsPeriod"); bounds != nullptr) intervals_in(period, *bounds, visit);
    }
  } else if (const auto interval = read_interval(value.text())) {
    visit(*interval);
  }
}

}  // namespace yilian::records
