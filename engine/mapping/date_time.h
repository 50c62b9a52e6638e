#pragma once
// Dates and times as hospitals write them: HL7's YYYYMMDDHHMMSS.FFFF+ZZZZ in any precision, and what databases print
// ("1993-11-20 00:00:00.0", ISO 8601).

#include <cstdint>
#include <optional>
#include <string_view>

namespace yilian::mapping {

struct DateTime {
  int year = 0, month = 0, day = 0;  // 0: not given
  int hour = -1, minute = -1, second = -1;
  std::string_view fraction;  // digits after the second's point
  bool has_zone = false;
  int zone_minutes = 0;
};

// 24:00 is the next day's 00:00. Nothing for a text that is no date, or a date that no calendar has.
std::optional<DateTime> read_date_time(std::string_view text);
// A time of day alone: HHMM[SS[.FFFF]], HH:MM[:SS].
std::optional<DateTime> read_time(std::string_view text);

}  // namespace yilian::mapping
