#include "engine/base/time.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace yilian {
namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  out = value;
  return true;
}

char* put(char* out, int value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + width;
}

}  // namespace

Instant now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Howard Hinnant's published day-count formulas (chrono-compatible low-level date algorithms).
std::int64_t days_from_civil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Civil civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0), month, day};
}

int days_in_month(int year, int month) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

std::string fhir_instant(Instant at) {
  constexpr std::int64_t day_us = 86'400'000'000;
  std::int64_t days = at / day_us;
  std::int64_t rest = at % day_us;
  if (rest < 0) rest += day_us, --days;
  const Civil date = civil_from_days(days);
  const int ms = static_cast<int>(rest / 1000);
  char text[24];
  char* p = put(text, date.year, 4);
  *p++ = '-';
  p = put(p, date.month, 2);
  *p++ = '-';
  p = put(p, date.day, 2);
  *p++ = 'T';
  p = put(p, ms / 3'600'000, 2);
  *p++ = ':';
  p = put(p, ms / 60'000 % 60, 2);
  *p++ = ':';
  p = put(p, ms / 1000 % 60, 2);
  *p++ = '.';
  p = put(p, ms % 1000, 3);
  *p = 'Z';
  return {text, sizeof text};
}

std::optional<Instant> parse_instant(std::string_view text) {
  int year, month, day, hour, minute, second;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) || !digits(text, 11, 2, hour) ||
      !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) {
    return std::nullopt;
  }
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::size_t at = 19;
  std::int64_t micros = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    std::int64_t unit = 100'000;
    const std::size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) micros += (text[at] - '0') * unit;
    if (at == first) return std::nullopt;
  }
  int offset = 0;
  if (at < text.size() && text[at] == 'Z') {
    if (at + 1 != text.size()) return std::nullopt;
  } else {
    int oh, om;
    if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':' || !digits(text, at + 1, 2, oh) ||
        !digits(text, at + 4, 2, om) || oh > 14 || om > 59) {
      return std::nullopt;
    }
    offset = (text[at] == '-' ? -1 : 1) * (oh * 60 + om);
  }
  const std::int64_t seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
  return seconds * 1'000'000 + micros;
}

// ---- zones, from the system's TZif files (RFC 8536) ----

namespace {

struct Change {
  std::int64_t at_utc;
  int offset;
};

std::int64_t big_endian(const unsigned char* p, int bytes) {
  std::int64_t value = bytes > 0 && (p[0] & 0x80) ? -1 : 0;
  for (int i = 0; i < bytes; ++i) value = static_cast<std::int64_t>((static_cast<std::uint64_t>(value) << 8) | p[i]);
  return value;
}

struct Table {
  int first = 0;
  std::vector<Change> changes;
};

// The 64-bit block of a version 2+ file; daylight rules beyond its last change are not continued (none of China's zones has any).
std::optional<Table> read_tzif(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<unsigned char> data((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto header_ok = [&](std::size_t at) { return at + 44 <= data.size() && std::memcmp(data.data() + at, "TZif", 4) == 0; };
  if (!header_ok(0)) return std::nullopt;
  const auto count = [&](std::size_t at, int index) { return static_cast<std::size_t>(big_endian(data.data() + at + 20 + index * 4, 4)); };
  std::size_t at = 0;
  int width = 4;
  if (data[4] >= '2') {
    at = 44 + count(0, 3) * 4 + count(0, 3) + count(0, 4) * 6 + count(0, 5) + count(0, 2) * 8 + count(0, 1) + count(0, 0);
    width = 8;
    if (!header_ok(at)) return std::nullopt;
  }
  const std::size_t times = count(at, 3), types = count(at, 4);
  const unsigned char* p = data.data() + at + 44;
  if (p + times * static_cast<std::size_t>(width + 1) + types * 6 > data.data() + data.size() || types == 0) return std::nullopt;
  const unsigned char* indices = p + times * static_cast<std::size_t>(width);
  const unsigned char* infos = indices + times;
  Table table;
  table.first = static_cast<int>(big_endian(infos, 4));
  for (std::size_t i = 0; i < times; ++i) {
    if (indices[i] >= types) return std::nullopt;
    table.changes.push_back({big_endian(p + i * static_cast<std::size_t>(width), width), static_cast<int>(big_endian(infos + indices[i] * 6, 4))});
  }
  return table;
}

const Table* shared_table(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Table>> tables;
  const std::lock_guard lock(mutex);
  const auto found = tables.find(name);
  if (found != tables.end()) return found->second.get();
  std::unique_ptr<Table> table;
  if (auto read = read_tzif("/usr/share/zoneinfo/" + name)) table = std::make_unique<Table>(std::move(*read));
  return tables.emplace(name, std::move(table)).first->second.get();
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  Zone zone;
  zone.name_ = std::string(name);
  if (name == "Z" || name == "UTC") return zone;
  if (name.size() == 6 && (name[0] == '+' || name[0] == '-') && name[3] == ':') {
    int hours, minutes;
    if (!digits(name, 1, 2, hours) || !digits(name, 4, 2, minutes) || hours > 14 || minutes > 59) return std::nullopt;
    zone.first_offset_ = (name[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return zone;
  }
  const auto plain = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/'; };
  if (name.empty() || name.front() == '/' || !std::all_of(name.begin(), name.end(), plain)) return std::nullopt;
  const Table* table = shared_table(zone.name_);
  if (table == nullptr) {
    if (name != "Asia/Shanghai") return std::nullopt;
    zone.first_offset_ = 8 * 3600;  // a machine without tzdata still knows its own country's time since 1991
    return zone;
  }
  zone.first_offset_ = table->first;
  zone.changes_ = &table->changes;
  return zone;
}

const Zone& Zone::shanghai() {
  static const Zone zone = *Zone::find("Asia/Shanghai");
  return zone;
}

int Zone::offset_minutes(int year, int month, int day, int hour, int minute) const {
  int offset = first_offset_;
  if (changes_ != nullptr) {
    const auto& changes = *static_cast<const std::vector<Change>*>(changes_);
    const std::int64_t local = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60;
    // A change is in force once the wall clock under the offset before it reaches it: the first of two equal wall-clock times, and in a gap the offset before.
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const int later = changes[i].offset;
      if (local < changes[i].at_utc + std::max(offset, later)) break;
      offset = later;
    }
  }
  return offset / 60;
}

}  // namespace yilian
