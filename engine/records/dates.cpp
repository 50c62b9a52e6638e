#include "engine/records/dates.h"

#include <algorithm>

#include "engine/base/text_scanner.h"
#include "engine/base/time.h"

namespace yilian::records {
namespace {

constexpr std::int64_t kSecond = 1000 * kTicks, kMinute = 60 * kSecond, kDay = 24 * 60 * kMinute;

std::int64_t local_day(int year, int month, int day) {
  const std::int64_t offset = Zone::shanghai().offset_minutes(year, month, day, 0, 0);
  return days_from_civil(year, month, day) * kDay - offset * kMinute;
}

// In ticks.
struct Clock {
  std::int64_t since_midnight = 0;
  std::int64_t width = 0;
  int hour = 0, minute = 0;
};

std::optional<Clock> read_clock(TextScanner& in) {
  Clock clock;
  clock.hour = in.digits(2);
  if (clock.hour < 0 || clock.hour > 24 || !in.take(':')) return std::nullopt;
  clock.minute = in.digits(2);
  if (clock.minute < 0 || clock.minute > 59) return std::nullopt;
  clock.since_midnight = (clock.hour * 60 + clock.minute) * kMinute;
  clock.width = kMinute;
  if (!in.take(':')) return clock;
  const int second = in.digits(2);
  if (second < 0 || second > 60) return std::nullopt;
  clock.since_midnight += second * kSecond;
  clock.width = kSecond;
  if (!in.take('.')) return clock;
  std::int64_t scale = kSecond / 10;
  bool fine = false;
  int read = 0;
  for (; in.digit_next() && read < 12; ++read) {
    const int digit = in.peek() - '0';
    clock.since_midnight += digit * scale;
    fine = fine || (scale < kTicks && scale > 0 && digit != 0);
    if (scale > 0) clock.width = scale;
    scale /= 10;
    in.skip();
  }
  if (!fine) clock.width = std::max(clock.width, kTicks);
  if (read == 0) return std::nullopt;
  return clock;
}

// Minutes east of UTC.
std::optional<int> read_zone(TextScanner& in, int year, int month, int day, const Clock& clock) {
  if (in.done())
    return Zone::shanghai().offset_minutes(year, month, day, clock.hour == 24 ? 23 : clock.hour, clock.minute);
  if (in.take('Z')) return 0;
  const bool west = in.peek() == '-';
  // A '+' that was not escaped in the URL has become a blank.
  if (!west && in.peek() != '+' && in.peek() != ' ') return std::nullopt;
  in.skip();
  const int hours = in.digits(2);
  if (hours < 0 || hours > 14 || !in.take(':')) return std::nullopt;
  const int minutes = in.digits(2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<Interval> read_interval(std::string_view text) {
  const auto ticks = read_ticks(text);
  return ticks ? std::optional(milliseconds_around(*ticks)) : std::nullopt;
}

Interval milliseconds_around(const Interval& ticks) {
  const auto down = [](std::int64_t at) { return at >= 0 ? at / kTicks : -((kTicks - 1 - at) / kTicks); };
  return {down(ticks.low), down(ticks.high + kTicks - 1)};
}

std::optional<Interval> read_ticks(std::string_view text) {
  TextScanner in(text);
  const int year = in.digits(4);
  if (year < 1) return std::nullopt;
  if (in.done()) return Interval{local_day(year, 1, 1), local_day(year + 1, 1, 1)};
  if (!in.take('-')) return std::nullopt;
  const int month = in.digits(2);
  if (month < 1 || month > 12) return std::nullopt;
  if (in.done())
    return Interval{local_day(year, month, 1), month == 12 ? local_day(year + 1, 1, 1) : local_day(year, month + 1, 1)};
  if (!in.take('-')) return std::nullopt;
  const int day = in.digits(2);
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  if (in.done()) {
    const Civil next = civil_from_days(days_from_civil(year, month, day) + 1);
    return Interval{local_day(year, month, day), local_day(next.year, next.month, next.day)};
  }
  if (!in.take('T')) return std::nullopt;
  const auto clock = read_clock(in);
  if (!clock) return std::nullopt;
  const auto offset = read_zone(in, year, month, day, *clock);
  if (!offset || !in.done()) return std::nullopt;
  const std::int64_t low = days_from_civil(year, month, day) * kDay + clock->since_midnight - *offset * kMinute;
  return Interval{low, low + clock->width};
}

}  // namespace yilian::records
