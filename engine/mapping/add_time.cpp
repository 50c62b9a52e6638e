#include "engine/mapping/add_time.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/base/time.h"
#include "engine/mapping/date_time.h"

namespace yilian::mapping {
namespace {

struct Unit {
  std::string_view name;  // in small letters
  std::int64_t seconds, months;
};
constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;
constexpr Unit kUnits[] = {
    {"s", 1, 0},        {"sec", 1, 0},       {"second", 1, 0},  {"seconds", 1, 0},  {"秒", 1, 0},
    {"min", 60, 0},     {"m", 60, 0},        {"minute", 60, 0}, {"minutes", 60, 0}, {"mins", 60, 0},
    {"分", 60, 0},      {"分钟", 60, 0},     {"h", kHour, 0},   {"hr", kHour, 0},   {"hrs", kHour, 0},
    {"hour", kHour, 0}, {"hours", kHour, 0}, {"时", kHour, 0},  {"小时", kHour, 0}, {"d", kDay, 0},
    {"day", kDay, 0},   {"days", kDay, 0},   {"天", kDay, 0},   {"日", kDay, 0},    {"w", 7 * kDay, 0},
    {"wk", 7 * kDay, 0}, {"week", 7 * kDay, 0}, {"weeks", 7 * kDay, 0}, {"周", 7 * kDay, 0}, {"mo", 0, 1},
    {"l", 0, 1},        {"mon", 0, 1},       {"month", 0, 1},   {"months", 0, 1},   {"月", 0, 1},
    {"个月", 0, 1},     {"a", 0, 12},        {"y", 0, 12},      {"yr", 0, 12},      {"year", 0, 12},
    {"years", 0, 12},   {"ann", 0, 12},      {"年", 0, 12},
};

const Unit* unit_named(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto* const found =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& each) { return each.name == lower; });
  return found == std::end(kUnits) ? nullptr : found;
}

// The amount in seconds or months, when it is a whole number of them.
std::optional<std::int64_t> whole(std::string_view text, std::int64_t times) {
  constexpr double kMost = 1e12;
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !(amount >= 0)) return std::nullopt;
  amount *= static_cast<double>(times);
  if (!(amount < kMost) || std::fabs(amount - std::round(amount)) > 1e-6) return std::nullopt;
  return std::llround(amount);
}

bool add_months(DateTime& at, std::int64_t months) {
  if (at.month == 0 && months % 12 != 0) return false;
  const std::int64_t all = at.year * std::int64_t{12} + std::max(at.month, 1) - 1 + months;
  if (all / 12 > 9999) return false;
  at.year = static_cast<int>(all / 12);
  if (at.month != 0) at.month = static_cast<int>(all % 12) + 1;
  if (at.day != 0) at.day = std::min(at.day, days_in_month(at.year, at.month));
  return true;
}

bool add_seconds(DateTime& at, std::int64_t seconds) {
  if (at.day == 0 || (at.hour < 0 && seconds % kDay != 0)) return false;
  const std::int64_t within = std::max(at.hour, 0) * kHour + std::max(at.minute, 0) * 60 + std::max(at.second, 0);
  const std::int64_t all = days_from_civil(at.year, at.month, at.day) * kDay + within + seconds;
  const std::int64_t day = all >= 0 ? all / kDay : (all - kDay + 1) / kDay;  // before 1970 as well
  const std::int64_t rest = all - day * kDay;
  const Civil date = civil_from_days(day);
  if (date.year > 9999) return false;
  at.year = date.year, at.month = date.month, at.day = date.day;
  if (at.hour < 0) return true;
  at.hour = static_cast<int>(rest / kHour);
  if (at.minute >= 0 || rest % kHour != 0) at.minute = static_cast<int>(rest % kHour / 60);
  if (at.second >= 0 || rest % 60 != 0) at.second = static_cast<int>(rest % 60);
  return true;
}

std::string written(const DateTime& at) {
  char part[16];
  std::snprintf(part, sizeof part, "%04d", at.year);
  std::string out = part;
  const auto add = [&](int number) {
    std::snprintf(part, sizeof part, "%02d", number);
    out += part;
  };
  if (at.month > 0) add(at.month);
  if (at.day > 0) add(at.day);
  for (const int number : {at.hour, at.minute, at.second}) {
    if (number >= 0) add(number);
  }
  if (!at.fraction.empty()) (out += '.') += at.fraction;
  if (!at.has_zone) return out;
  out += at.zone_minutes < 0 ? '-' : '+';
  add(std::abs(at.zone_minutes) / 60);
  add(std::abs(at.zone_minutes) % 60);
  return out;
}

}  // namespace

std::optional<std::string> later(std::string_view time, std::string_view amount, std::string_view unit) {
  auto at = read_date_time(time);
  const Unit* const named = unit_named(unit);
  if (!at || named == nullptr) return std::nullopt;
  const auto much = whole(amount, named->months != 0 ? named->months : named->seconds);
  if (!much || !(named->months != 0 ? add_months(*at, *much) : add_seconds(*at, *much))) return std::nullopt;
  return written(*at);
}

}  // namespace yilian::mapping
