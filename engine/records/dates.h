#pragma once
// Dates as intervals of milliseconds: what FHIR calls their implicit range (search.html#date).

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace yilian::records {

// From `low` up to but without `high`. An open side is the least or the greatest number.
struct Interval {
  std::int64_t low, high;
};
inline constexpr std::int64_t kOpenLow = std::numeric_limits<std::int64_t>::min() / 4;
inline constexpr std::int64_t kOpenHigh = std::numeric_limits<std::int64_t>::max() / 4;

// date, dateTime, instant, and what a search may write ("2026-11-24T08:30"). A time without a zone, and a day, a month
// or a year, are those of China: a day searched for is the day that the hospital's staff mean, also for times stored
// with +08:00.
std::optional<Interval> read_interval(std::string_view text);

// The same in ticks, by which times are told apart where a search asks so finely: seven digits of a second, what follows
// them is cut. Zeros behind the milliseconds make it no finer.
inline constexpr std::int64_t kTicks = 10'000;  // in a millisecond
std::optional<Interval> read_ticks(std::string_view text);
// The whole milliseconds that such an interval lies in.
Interval milliseconds_around(const Interval& ticks);

// What intervals.h reads an interval by.
struct Milliseconds {
  static std::optional<Interval> read(std::string_view text) { return read_interval(text); }
  static constexpr Interval kOpen{kOpenLow, kOpenHigh};
};
struct Ticks {
  static std::optional<Interval> read(std::string_view text) { return read_ticks(text); }
  static constexpr Interval kOpen{std::numeric_limits<std::int64_t>::min() / 2, std::numeric_limits<std::int64_t>::max() / 2};
};

}  // namespace yilian::records
