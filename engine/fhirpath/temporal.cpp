#include "engine/fhirpath/temporal.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "engine/base/text_scanner.h"
#include "engine/base/time.h"

namespace yilian::fhirpath {
namespace {

using Precision = Temporal::Precision;

constexpr std::size_t kLongestText = 64;

bool zone_next(const TextScanner& in) { return in.peek() == 'Z' || in.peek() == '+' || in.peek() == '-'; }

bool scan_date(TextScanner& in, Temporal& out) {
  const int year = in.digits(4);
  if (year < 1) return false;
  out.year = static_cast<std::int16_t>(year);
  out.precision = Precision::year;
  if (!in.take('-')) return true;
  const int month = in.digits(2);
  if (month < 1 || month > 12) return false;
  out.month = static_cast<std::uint8_t>(month);
  out.precision = Precision::month;
  if (!in.take('-')) return true;
  const int day = in.digits(2);
  if (day < 1 || day > days_in_month(year, month)) return false;
  out.day = static_cast<std::uint8_t>(day);
  out.precision = Precision::day;
  return true;
}

bool scan_time(TextScanner& in, Temporal& out) {
  const int hour = in.digits(2);
  if (hour < 0 || hour > 23) return false;
  out.hour = static_cast<std::uint8_t>(hour);
  out.precision = Precision::hour;
  if (!in.take(':')) return true;
  const int minute = in.digits(2);
  if (minute < 0 || minute > 59) return false;
  out.minute = static_cast<std::uint8_t>(minute);
  out.precision = Precision::minute;
  if (!in.take(':')) return true;
  const int second = in.digits(2);
  if (second < 0 || second > 60) return false;  // 60: a leap second, which FHIR lets be written
  out.second = static_cast<std::uint8_t>(second);
  out.precision = Precision::second;
  if (!in.take('.')) return true;
  if (!in.digit_next()) return false;
  out.precision = Precision::fraction;
  std::uint32_t unit = 100'000'000;
  while (in.digit_next()) {
    const auto digit = static_cast<std::uint32_t>(in.digits(1));
    out.nanoseconds += digit * unit;
    unit /= 10;
    if (out.fraction_digits < 9) ++out.fraction_digits;
  }
  return true;
}

bool scan_zone(TextScanner& in, Temporal& out) {
  out.zoned = true;
  if (in.take('Z')) return true;
  const bool west = in.take('-');
  if (!west && !in.take('+')) return false;
  const int hours = in.digits(2);
  if (hours < 0 || hours > 14 || !in.take(':')) return false;
  const int minutes = in.digits(2);
  if (minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60) return false;
  out.offset_minutes = static_cast<std::int16_t>((west ? -1 : 1) * (hours * 60 + minutes));
  return true;
}

constexpr Int128 kSecond = 1'000'000'000;  // nanoseconds
constexpr Int128 kDay = 86'400 * kSecond;

// Nanoseconds since 1970 of the wall clock.
Int128 wall_clock(const Temporal& value) {
  const std::int64_t days =
      value.kind == Temporal::Kind::time ? 0 : days_from_civil(value.year, value.month, value.day);
  return days * kDay + (value.hour * 3600 + value.minute * 60 + value.second) * kSecond + value.nanoseconds;
}

bool set_wall_clock(Temporal& value, Int128 at) {
  Int128 days = at / kDay, rest = at % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  if (value.kind != Temporal::Kind::time) {
    const Civil civil = civil_from_days(static_cast<std::int64_t>(days));
    if (civil.year < 1 || civil.year > 9999) return false;
    value.year = static_cast<std::int16_t>(civil.year);
    value.month = static_cast<std::uint8_t>(civil.month);
    value.day = static_cast<std::uint8_t>(civil.day);
  }
  value.nanoseconds = static_cast<std::uint32_t>(rest % kSecond);
  const int seconds = static_cast<int>(rest / kSecond);
  value.hour = static_cast<std::uint8_t>(seconds / 3600);
  value.minute = static_cast<std::uint8_t>(seconds / 60 % 60);
  value.second = static_cast<std::uint8_t>(seconds % 60);
  return true;
}

// The last moment of what the value leaves open, on the same wall clock.
Temporal last_of(Temporal value) {
  if (value.precision < Precision::month) value.month = 12;
  if (value.precision < Precision::day) {
    value.day = static_cast<std::uint8_t>(days_in_month(value.year, value.month));
  }
  if (value.precision < Precision::hour) value.hour = 23;
  if (value.precision < Precision::minute) value.minute = 59;
  if (value.precision < Precision::second) value.second = 59;
  if (value.precision < Precision::second) value.nanoseconds = 999'999'999;
  return value;
}

constexpr int kEastmost = 14 * 60, kWestmost = -12 * 60;

Int128 utc(const Temporal& value, int offset_minutes) {
  return wall_clock(value) - Int128{offset_minutes} * 60 * kSecond;
}

Order order(Int128 a, Int128 b) { return a < b ? Order::less : a > b ? Order::greater : Order::equal; }

Order compare_ranges(const Temporal& a, const Temporal& b) {
  const auto first = [](const Temporal& v) { return utc(v, v.zoned ? v.offset_minutes : kEastmost); };
  const auto last = [](const Temporal& v) { return utc(last_of(v), v.zoned ? v.offset_minutes : kWestmost); };
  if (last(a) < first(b)) return Order::less;
  if (first(a) > last(b)) return Order::greater;
  return Order::unknown;
}

// Seconds and their fraction are one precision.
Precision coarse(Precision p) { return std::min(p, Precision::second); }

}  // namespace

std::optional<Temporal> Temporal::parse_date(std::string_view text) {
  if (text.size() > kLongestText) return std::nullopt;
  TextScanner in(text);
  Temporal out;
  if (!scan_date(in, out) || !in.done()) return std::nullopt;
  return out;
}

std::optional<Temporal> Temporal::parse_date_time(std::string_view text) {
  if (text.size() > kLongestText) return std::nullopt;
  TextScanner in(text);
  Temporal out;
  if (!scan_date(in, out)) return std::nullopt;
  out.kind = Kind::date_time;
  if (in.done()) return out;
  if (!in.take('T')) return std::nullopt;
  if (in.done()) return out;
  if (out.precision != Precision::day || !scan_time(in, out)) return std::nullopt;
  if (zone_next(in) && !scan_zone(in, out)) return std::nullopt;
  if (!in.done()) return std::nullopt;
  return out;
}

std::optional<Temporal> Temporal::parse_time(std::string_view text) {
  if (text.size() > kLongestText) return std::nullopt;
  TextScanner in(text);
  Temporal out;
  out.kind = Kind::time;
  if (!scan_time(in, out) || !in.done()) return std::nullopt;
  return out;
}

std::string Temporal::text() const {
  std::array<char, 64> buffer;
  std::string out;
  const auto put = [&](const char* format, int number) {
    const int size = std::snprintf(buffer.data(), buffer.size(), format, number);
    out.append(buffer.data(), static_cast<std::size_t>(size));
  };
  if (kind != Kind::time) {
    put("%04d", year);
    if (precision >= Precision::month) put("-%02d", month);
    if (precision >= Precision::day) put("-%02d", day);
    if (precision >= Precision::hour) out += 'T';
  }
  if (precision >= Precision::hour) put("%02d", hour);
  if (precision >= Precision::minute) put(":%02d", minute);
  if (precision >= Precision::second) put(":%02d", second);
  if (precision == Precision::fraction) {
    put(".%09d", static_cast<int>(nanoseconds));
    out.resize(out.size() - 9U + fraction_digits);
  }
  if (zoned && offset_minutes == 0) out += 'Z';
  if (zoned && offset_minutes != 0) {
    out += offset_minutes < 0 ? '-' : '+';
    put("%02d:", std::abs(offset_minutes) / 60);
    put("%02d", std::abs(offset_minutes) % 60);
  }
  return out;
}

int Temporal::digits() const {
  constexpr std::array<int, 7> digits_of{4, 6, 8, 10, 12, 14, 17};
  const int all = digits_of[static_cast<std::size_t>(precision)];
  return kind == Kind::time ? all - 8 : all;
}

Order compare(const Temporal& a, const Temporal& b) {
  if (a.zoned != b.zoned) return compare_ranges(a, b);
  Temporal left = a, right = b;
  if (a.zoned && a.offset_minutes != b.offset_minutes) {
    if (!set_wall_clock(left, utc(a, a.offset_minutes)) || !set_wall_clock(right, utc(b, b.offset_minutes))) {
      return order(utc(a, a.offset_minutes), utc(b, b.offset_minutes));
    }
  }
  const auto fields = [](const Temporal& v) {
    return std::array<std::int64_t, 6>{v.year, v.month,  v.day,
                                       v.hour, v.minute, std::int64_t{v.second} * 1'000'000'000 + v.nanoseconds};
  };
  const auto mine = fields(left), other = fields(right);
  const Precision known = std::min(coarse(a.precision), coarse(b.precision));
  const std::size_t begin = a.kind == Temporal::Kind::time ? 3 : 0;
  for (std::size_t i = begin; i <= static_cast<std::size_t>(known); ++i) {
    if (mine[i] != other[i]) return mine[i] < other[i] ? Order::less : Order::greater;
  }
  return coarse(a.precision) == coarse(b.precision) ? Order::equal : Order::unknown;
}

bool equivalent(const Temporal& a, const Temporal& b) {
  return coarse(a.precision) == coarse(b.precision) && a.zoned == b.zoned && compare(a, b) == Order::equal;
}

namespace {

std::optional<Temporal> add_months(Temporal value, Int128 months) {
  const Int128 all = Int128{value.year} * 12 + (value.month - 1) + months;
  if (all < 12 || all >= 10'000 * 12) return std::nullopt;
  value.year = static_cast<std::int16_t>(all / 12);
  value.month = static_cast<std::uint8_t>(all % 12 + 1);
  value.day = std::min(value.day, static_cast<std::uint8_t>(days_in_month(value.year, value.month)));
  return value;
}

// Nanoseconds of one unit; of a year and a month none, for those are counted on the calendar.
Int128 length(DurationUnit unit) {
  switch (unit) {
    case DurationUnit::week:
      return 7 * kDay;
    case DurationUnit::day:
      return kDay;
    case DurationUnit::hour:
      return 3600 * kSecond;
    case DurationUnit::minute:
      return 60 * kSecond;
    case DurationUnit::second:
      return kSecond;
    case DurationUnit::millisecond:
      return kSecond / 1000;
    default:
      return 0;
  }
}

constexpr std::int64_t kMostAmount = 1'000'000'000'000'000;  // of any unit: far beyond the years 1 to 9999

// Nanoseconds, whole units only; but of seconds and milliseconds what is behind the point counts too.
std::optional<Int128> elapsed(const Decimal& amount, DurationUnit unit) {
  const auto whole = amount.whole();
  if (!whole || *whole > kMostAmount || *whole < -kMostAmount) return std::nullopt;
  if (unit != DurationUnit::second && unit != DurationUnit::millisecond) return *whole * length(unit);
  const auto exact = multiply(amount, Decimal(static_cast<std::int64_t>(length(unit))));
  if (!exact) return std::nullopt;
  const Decimal nanoseconds = exact->truncated(0);
  return nanoseconds.coefficient();
}

}  // namespace

std::optional<Temporal> add(const Temporal& value, const Decimal& amount, DurationUnit unit) {
  const auto whole = amount.whole();
  if (!whole || *whole > kMostAmount || *whole < -kMostAmount) return std::nullopt;
  Temporal made = value;
  if (unit == DurationUnit::year || unit == DurationUnit::month) {
    if (value.kind == Temporal::Kind::time) return std::nullopt;
    Int128 months = unit == DurationUnit::year ? Int128{*whole} * 12 : Int128{*whole};
    if (value.precision == Precision::year) months -= months % 12;
    return add_months(value, months);
  }
  const auto nanoseconds = elapsed(amount, unit);
  if (!nanoseconds) return std::nullopt;
  // A year of 365 and a month of 30 days, as the standard counts what is finer than the value (4.1.6.4).
  if (value.precision == Precision::year) return add_months(value, *nanoseconds / (365 * kDay) * 12);
  if (value.precision == Precision::month) return add_months(value, *nanoseconds / (30 * kDay));
  Int128 unit_of_value = 1;
  if (value.precision == Precision::day) unit_of_value = kDay;
  if (value.precision == Precision::hour) unit_of_value = length(DurationUnit::hour);
  if (value.precision == Precision::minute) unit_of_value = length(DurationUnit::minute);
  if (value.precision == Precision::second) unit_of_value = kSecond;
  if (!set_wall_clock(made, wall_clock(value) + *nanoseconds / unit_of_value * unit_of_value)) return std::nullopt;
  if (made.precision == Precision::fraction) {
    made.fraction_digits = std::max<std::uint8_t>(made.fraction_digits, made.nanoseconds % 1'000'000 == 0 ? 3 : 9);
  }
  return made;
}

namespace {

std::optional<Precision> precision_of(const Temporal& value, int digits) {
  for (const Precision each : {Precision::year, Precision::month, Precision::day, Precision::hour, Precision::minute,
                               Precision::second, Precision::fraction}) {
    if (value.kind == Temporal::Kind::time && each < Precision::hour) continue;
    if (value.kind == Temporal::Kind::date && each > Precision::day) continue;
    Temporal probe = value;
    probe.precision = each;
    if (probe.digits() == digits) return each;
  }
  return std::nullopt;
}

std::optional<Temporal> boundary(const Temporal& value, std::optional<int> digits, bool low) {
  const int finest = value.kind == Temporal::Kind::date ? 8 : value.kind == Temporal::Kind::time ? 9 : 17;
  const auto precision = precision_of(value, digits.value_or(finest));
  if (!precision) return std::nullopt;
  Temporal made = low ? value : last_of(value);
  if (!low && value.precision < Precision::fraction) made.nanoseconds = 999'000'000;
  made.precision = *precision;
  if (made.precision == Precision::fraction) made.fraction_digits = 3;
  const bool has_time = made.precision >= Precision::hour && made.kind == Temporal::Kind::date_time;
  if (has_time && !made.zoned) made.offset_minutes = low ? kEastmost : kWestmost;
  made.zoned = has_time;
  return made;
}

}  // namespace

std::optional<Temporal> low_boundary(const Temporal& value, std::optional<int> digits) {
  return boundary(value, digits, true);
}

std::optional<Temporal> high_boundary(const Temporal& value, std::optional<int> digits) {
  return boundary(value, digits, false);
}

}  // namespace yilian::fhirpath
