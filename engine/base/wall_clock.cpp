#include "engine/base/wall_clock.h"

#include <cstdio>
#include <cstdlib>

namespace yilian {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::int64_t floor_seconds(Instant at) { return at >= 0 ? at / kSecond : -((-at + kSecond - 1) / kSecond); }

struct Wall {
  Civil date;
  int of_day;  // seconds
};

Wall wall_of(std::int64_t seconds) {
  const std::int64_t days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
  return {civil_from_days(days), static_cast<int>(seconds - days * 86400)};
}

std::int64_t offset_by_wall(const Wall& wall, const Zone& zone) {
  return std::int64_t{60} * zone.offset_minutes(wall.date.year, wall.date.month, wall.date.day, wall.of_day / 3600, wall.of_day / 60 % 60);
}

}  // namespace

// A Zone is asked by its own clock: what that clock shows is found in two steps. Where it is set forward, what it never shows has the offset from before:
// the later one is true as soon as it says so itself.
std::int64_t offset_at(Instant at, const Zone& zone) {
  const std::int64_t seconds = floor_seconds(at);
  const std::int64_t first = offset_by_wall(wall_of(seconds), zone);
  const std::int64_t found = offset_by_wall(wall_of(seconds + first), zone);
  const std::int64_t later = offset_by_wall(wall_of(seconds + found + 7200), zone);
  return later > found && offset_by_wall(wall_of(seconds + later), zone) == later ? later : found;
}

std::string wall_clock(Instant at, const Zone& zone) {
  const Wall wall = wall_of(floor_seconds(at) + offset_at(at, zone));
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", wall.date.year, wall.date.month, wall.date.day, wall.of_day / 3600, wall.of_day / 60 % 60, wall.of_day % 60);
  return text;
}

std::string span_text(std::int64_t microseconds) {
  if (microseconds < 0) microseconds = 0;
  if (microseconds < kSecond) {
    char text[32];
    std::snprintf(text, sizeof text, microseconds < 10'000 ? "%.1f ms" : "%.0f ms", static_cast<double>(microseconds) / 1000);
    return text;
  }
  const std::int64_t seconds = microseconds / kSecond;
  const auto two = [](std::int64_t large, const char* large_name, std::int64_t small, const char* small_name) {
    std::string text = std::to_string(large) + " " + large_name;
    if (small > 0) text.append(" ").append(std::to_string(small)).append(" ").append(small_name);
    return text;
  };
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86400) return two(seconds / 3600, "h", seconds / 60 % 60, "min");
  return two(seconds / 86400, "d", seconds / 3600 % 24, "h");
}

std::optional<Instant> moment_from(std::string_view text, const Zone& zone, Instant present) {
  if (const auto instant = parse_instant(text)) return instant;
  if (text == "now") return present;
  const std::string owned(text);
  const auto at_wall = [&](int year, int month, int day, int hour, int minute, int second) -> std::optional<Instant> {
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const std::int64_t offset = std::int64_t{60} * zone.offset_minutes(year, month, day, hour, minute);
    return (days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset) * kSecond;
  };
  if (text == "today") {
    const Wall wall = wall_of(floor_seconds(present) + offset_at(present, zone));
    return at_wall(wall.date.year, wall.date.month, wall.date.day, 0, 0, 0);
  }
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, read = 0;
  char between = 0;
  const auto whole = [&] { return static_cast<std::size_t>(read) == owned.size(); };
  if (std::sscanf(owned.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &read) == 3 && whole()) return at_wall(year, month, day, 0, 0, 0);
  for (const char* form : {"%4d-%2d-%2d%c%2d:%2d%n", "%4d-%2d-%2d%c%2d:%2d:%2d%n"}) {
    read = 0;
    const int parts = std::sscanf(owned.c_str(), form, &year, &month, &day, &between, &hour, &minute, &second, &read);
    // The shorter form puts its length where the longer has the seconds.
    if (parts == 6 && static_cast<std::size_t>(second) == owned.size() && (between == ' ' || between == 'T')) return at_wall(year, month, day, hour, minute, 0);
    if (parts == 7 && whole() && (between == ' ' || between == 'T')) return at_wall(year, month, day, hour, minute, second);
  }
  char* end = nullptr;
  const long long count = std::strtoll(owned.c_str(), &end, 10);
  if (end == owned.c_str() || count < 0 || count > 1'000'000 || std::string_view(end).size() != 1) return std::nullopt;
  switch (*end) {
    case 's': return present - count * kSecond;
    case 'm': return present - count * 60 * kSecond;
    case 'h': return present - count * 3600 * kSecond;
    case 'd': return present - count * 86400 * kSecond;
    default: return std::nullopt;
  }
}

}  // namespace yilian
