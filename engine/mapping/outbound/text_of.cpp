#include "engine/mapping/outbound/text_of.h"

#include <cstdio>
#include <cstdlib>
#include <tuple>

namespace yilian::mapping::outbound {
namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return false;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return true;
}

// The same moment on the clocks of a zone, as FHIR writes it; seconds and what is behind them stay.
std::string moved(std::string_view fhir, const Zone& zone) {
  const auto instant = parse_instant(fhir);
  if (!instant) return std::string(fhir);
  constexpr std::int64_t kMinute = 60'000'000, kDay = 24 * 60 * kMinute;
  const auto civil = [](Instant local) {
    std::int64_t day = local / kDay;
    if (local % kDay < 0) --day;
    return std::pair(civil_from_days(day), static_cast<int>((local - day * kDay) / kMinute));
  };
  // The offset at a moment: asked with the wall clock that the first answer gives.
  auto [date, minutes] = civil(*instant);
  int offset = zone.offset_minutes(date.year, date.month, date.day, minutes / 60, minutes % 60);
  std::tie(date, minutes) = civil(*instant + offset * kMinute);
  offset = zone.offset_minutes(date.year, date.month, date.day, minutes / 60, minutes % 60);
  std::tie(date, minutes) = civil(*instant + offset * kMinute);
  const auto zone_at = fhir.find_first_of("Z+-", 11);
  const std::string seconds(fhir.substr(16, zone_at == std::string_view::npos ? zone_at : zone_at - 16));
  char out[96];
  std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d%.32s%c%02d:%02d", date.year, date.month, date.day, minutes / 60, minutes % 60,
                seconds.c_str(), offset < 0 ? '-' : '+', std::abs(offset) / 60 % 100, std::abs(offset) % 60);
  return out;
}

}  // namespace

std::optional<std::string> hl7_time(std::string_view fhir, const Clock& clock) {
  if (!digits(fhir, 0, 4)) return std::nullopt;
  std::string out(fhir.substr(0, 4));
  if (fhir.size() == 4) return out;
  if (fhir[4] != '-' || !digits(fhir, 5, 2)) return std::nullopt;
  if (fhir.size() == 7) return out.append(fhir.substr(5, 2));
  if (fhir[7] != '-' || !digits(fhir, 8, 2)) return std::nullopt;
  if (fhir.size() == 10) return out.append(fhir.substr(5, 2)).append(fhir.substr(8, 2));
  if (fhir[10] != 'T' || !digits(fhir, 11, 2) || !digits(fhir, 14, 2)) return std::nullopt;
  const std::string here = clock.zone ? moved(fhir, *clock.zone) : std::string(fhir);
  out = here.substr(0, 4) + here.substr(5, 2) + here.substr(8, 2) + here.substr(11, 2) + here.substr(14, 2);
  std::size_t at = 16;
  if (here.size() > at && here[at] == ':') {
    out += here.substr(17, 2);
    at = 19;
    if (here.size() > at && here[at] == '.') {
      std::size_t end = at + 1;
      while (end < here.size() && here[end] >= '0' && here[end] <= '9') ++end;
      const std::string fraction = here.substr(at + 1, end - at - 1);
      if (fraction.find_first_not_of('0') != std::string::npos) out += "." + fraction.substr(0, 4);
      at = end;
    }
  }
  if (!clock.offsets || at >= here.size()) return out;
  if (here[at] == 'Z') return out + "+0000";
  if (here.size() >= at + 6) out += here.substr(at, 3) + here.substr(at + 4, 2);
  return out;
}

std::optional<std::string> hl7_text(std::string_view fhir_type, std::string_view text, std::string_view hl7_type, const Clock& clock) {
  if (fhir_type == "date" || fhir_type == "dateTime" || fhir_type == "instant") {
    auto time = hl7_time(text, clock);
    if (time && hl7_type == "DT" && time->size() > 8) time->resize(8);
    return time;
  }
  if (fhir_type == "time") {
    std::string out;
    for (const char c : text) {
      if (c != ':') out.push_back(c);
    }
    return out;
  }
  if (fhir_type == "boolean") return text == "true" ? "Y" : "N";
  return std::string(text);
}

}  // namespace yilian::mapping::outbound
