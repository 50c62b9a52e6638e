#include "engine/records/search/fine_dates.h"

#include <algorithm>

#include "engine/records/intervals.h"
#include "engine/records/search/holds.h"
#include "engine/records/values_of.h"

namespace yilian::records {
namespace {

// In whole milliseconds: each end goes to the next one up or down where it is none.
Alternative rounded(const Alternative& asked, bool low_up, bool high_up) {
  if (!asked.ticks) return asked;
  Alternative out = asked;
  if (low_up && asked.ticks->low % kTicks != 0) ++out.interval.low;
  if (!high_up && asked.ticks->high % kTicks != 0) --out.interval.high;
  out.ticks.reset();
  return out;
}

bool is_later(Prefix prefix) { return prefix == Prefix::ge || prefix == Prefix::gt || prefix == Prefix::sa; }

// Where the ends go so that less is found: what is asked for has to lie within them, or, of `ne`, beyond.
bool low_narrows_up(Prefix prefix) { return is_later(prefix) || prefix == Prefix::eq; }
bool high_narrows_up(Prefix prefix) { return is_later(prefix) || prefix == Prefix::ne; }

}  // namespace

bool is_fine(const Condition& condition) {
  return std::ranges::any_of(condition.any_of, [](const Alternative& asked) { return asked.ticks.has_value(); });
}

// What the index has of a finer time is the millisecond that it lies in: it begins there or later, and ends before the
// next one or with it. Less than one is asked for, so that nothing lies wholly within what is narrowed.
Alternative surely(const Alternative& asked) {
  return rounded(asked, low_narrows_up(asked.prefix), high_narrows_up(asked.prefix));
}

Alternative perhaps(const Alternative& asked) {
  return rounded(asked, !low_narrows_up(asked.prefix), !high_narrows_up(asked.prefix));
}

Alternative of_whole_milliseconds(const Alternative& asked) {
  return rounded(asked, asked.prefix != Prefix::eb, asked.prefix == Prefix::sa);
}

bool fine_date_is_in(const Indexed& parameter, const Alternative& asked, const fhir::Json& from) {
  bool found = false;
  for_values(parameter, from, [&](const Path& path, const fhir::Json& value) {
    intervals_in<Ticks>(*path.leaf, value, [&](const Interval& interval) {
      found = found || holds(asked.prefix, *asked.ticks, interval);
    });
  });
  return found;
}

}  // namespace yilian::records
