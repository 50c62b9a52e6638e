#pragma once
// Dates, times and points in time that may be known only in part (FHIRPath 2.0, 4.1.6 to 4.1.8).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/fhirpath/decimal.h"

namespace yilian::fhirpath {

struct Temporal {
  enum class Kind : std::uint8_t { date, date_time, time };
  enum class Precision : std::uint8_t { year, month, day, hour, minute, second, fraction };

  Kind kind = Kind::date;
  Precision precision = Precision::day;
  bool zoned = false;               // has an offset from UTC
  std::int16_t offset_minutes = 0;  // east of UTC
  std::int16_t year = 1;            // 1 to 9999
  std::uint8_t month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::uint8_t fraction_digits = 0;  // as written
  std::uint32_t nanoseconds = 0;

  // "2015-02", "2015-02-04T14:34:28.123+10:00" (a "T" may end it: "2015T"), "14:34". Nothing where the text is no such
  // value, or names a day or hour that does not exist.
  static std::optional<Temporal> parse_date(std::string_view text);
  static std::optional<Temporal> parse_date_time(std::string_view text);
  static std::optional<Temporal> parse_time(std::string_view text);

  std::string text() const;  // without "@" and, of a time, "T"
  // Digits, as precision() counts them: 4 of a year, 8 of a day, 17 of milliseconds; of a time 4 of minutes, 9 of
  // milliseconds.
  int digits() const;
};

enum class Order : std::uint8_t { less, equal, greater, unknown };

// Unknown where the precision, or a zone that only one has, leaves it open. Dates and points in time may be compared
// with each other, times only with times.
Order compare(const Temporal& a, const Temporal& b);
bool equivalent(const Temporal& a, const Temporal& b);

enum class DurationUnit : std::uint8_t { year, month, week, day, hour, minute, second, millisecond };

// `amount` may be negative. Nothing when the result is outside of the years 1 to 9999, or a time has no such unit.
// What is finer than the value's precision counts in whole units of that precision; a part of a unit longer than a
// second counts nothing.
std::optional<Temporal> add(const Temporal& value, const Decimal& amount, DurationUnit unit);

// The first and the last moment that the value may mean, with so many digits (see digits()); without a zone it may be
// anywhere from +14:00 to -12:00. Nothing for a number of digits that such a value cannot have.
std::optional<Temporal> low_boundary(const Temporal& value, std::optional<int> digits);
std::optional<Temporal> high_boundary(const Temporal& value, std::optional<int> digits);

}  // namespace yilian::fhirpath
