#pragma once
// Points in time, and the hospital's zone.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yilian {

// Microseconds since 1970-01-01T00:00:00Z.
using Instant = std::int64_t;

Instant now();
// FHIR instant in UTC with milliseconds: "2026-11-24T08:30:00.123Z".
std::string fhir_instant(Instant at);
// Reads a FHIR dateTime or instant with a zone, to the microsecond. Partial dates are not instants: nullopt.
std::optional<Instant> parse_instant(std::string_view text);

// Days since 1970-01-01 of a proleptic Gregorian date, and back.
std::int64_t days_from_civil(int year, int month, int day);
struct Civil {
  int year, month, day;
};
Civil civil_from_days(std::int64_t days);
int days_in_month(int year, int month);

// A time zone by IANA name ("Asia/Shanghai") or fixed offset ("+08:00"), read once from the system's database.
class Zone {
 public:
  static std::optional<Zone> find(std::string_view name);
  static const Zone& shanghai();
  // Minutes east of UTC at a local wall-clock time (of two possible ones, the earlier; in a gap, the offset before it).
  int offset_minutes(int year, int month, int day, int hour, int minute) const;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int first_offset_ = 0;  // seconds, before the first change
  const void* changes_ = nullptr;  // a table of changes, kept for the program's life
};

}  // namespace yilian
