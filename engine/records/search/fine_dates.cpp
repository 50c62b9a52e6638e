#include "engine/records/search/fine_dates.h"

#include <algorithm>

#include "engine/records/intervals.h"
#include "engine/records/search/holds.h"
#include "engine/records/values_of.h"

namespace yilian::records {
namespace {

// The whole milliseconds below and above the ends.
struct Ends {
  std::int64_t low_down, low_up, high_down, high_up;
};

Ends ends_of(const Alternative& asked) {
  const auto [low, high] = asked.interval;
  return {low, low + (asked.ticks.low % kTicks != 0 ? 1 : 0), high - (asked.ticks.high % kTicks != 0 ? 1 : 0), high};
}

Alternative with(const Alternative& asked, Prefix prefix, std::int64_t low, std::int64_t high) {
  Alternative out = asked;
  out.prefix = prefix;
  out.interval = {low, high};
  out.fine = false;
  return out;
}

}  // namespace

bool is_fine(const Condition& condition) {
  return std::ranges::any_of(condition.any_of, [](const Alternative& asked) { return asked.fine; });
}

// What the index has of a finer time is the millisecond that it lies in: it begins there or later, and ends before the
// next one or with it.
Alternative surely(const Alternative& asked) {
  const Ends ends = ends_of(asked);
  switch (asked.prefix) {
    case Prefix::ne:
      return with(asked, Prefix::ne, ends.low_down, ends.high_up);
    case Prefix::ge:
    case Prefix::gt:
    case Prefix::sa:
      return with(asked, asked.prefix == Prefix::sa ? Prefix::sa : Prefix::gt, ends.low_up, ends.high_up);
    case Prefix::le:
    case Prefix::lt:
    case Prefix::eb:
      return with(asked, asked.prefix == Prefix::eb ? Prefix::eb : Prefix::lt, ends.low_down, ends.high_down);
    case Prefix::eq:
    case Prefix::ap:
      break;
  }
  return with(asked, asked.prefix, ends.low_up, ends.high_down);
}

Alternative perhaps(const Alternative& asked) {
  const Ends ends = ends_of(asked);
  switch (asked.prefix) {
    case Prefix::ne:
      return with(asked, Prefix::ne, ends.low_up, ends.high_down);
    case Prefix::ge:
    case Prefix::gt:
    case Prefix::sa:
      return with(asked, asked.prefix, ends.low_down, ends.high_down);
    case Prefix::le:
    case Prefix::lt:
    case Prefix::eb:
      return with(asked, asked.prefix, ends.low_up, ends.high_up);
    case Prefix::eq:
    case Prefix::ap:
      break;
  }
  return with(asked, asked.prefix, ends.low_down, ends.high_up);
}

Alternative of_whole_milliseconds(const Alternative& asked) {
  if (!asked.fine) return asked;
  const Ends ends = ends_of(asked);
  return with(asked, asked.prefix, asked.prefix == Prefix::eb ? ends.low_down : ends.low_up,
              asked.prefix == Prefix::sa ? ends.high_up : ends.high_down);
}

bool fine_date_is_in(const Indexed& parameter, const Alternative& asked, const fhir::Json& from) {
  bool found = false;
  for_values(parameter, from, [&](const Path& path, const fhir::Json& value) {
    intervals_in<Ticks>(*path.leaf, value, [&](const Interval& interval) {
      found = found || holds(asked.prefix, asked.ticks, interval);
    });
  });
  return found;
}

}  // namespace yilian::records
