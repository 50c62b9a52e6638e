#include "engine/api/conditions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace yilian::api {
namespace {

constexpr Instant kSecond = 1'000'000;

Failure no_etag(std::string_view text, std::string_view where) {
  return fail(Code::bad_value, "'" + std::string(text.substr(0, 80)) + "' is no ETag of this server", std::string(where),
              "write it like W/\"3\"");
}

}  // namespace

std::string etag_of(std::int64_t version) { return "W/\"" + std::to_string(version) + "\""; }

Result<std::optional<std::int64_t>> version_in(std::string_view etag, std::string_view where) {
  if (etag.empty()) return std::optional<std::int64_t>();
  std::string_view text = etag;
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) return no_etag(etag, where);
  return std::optional<std::int64_t>(version);
}

bool NoneMatch::has(std::int64_t version) const { return any || std::ranges::find(versions, version) != versions.end(); }

Result<NoneMatch> none_match(std::string_view header, std::string_view where) {
  NoneMatch out;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(','), header.size());
    std::string_view item = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (item == "*" || item == "\"*\"") {
      out.any = true;
    } else if (!item.empty()) {
      YL_TRY(const auto version, version_in(item, where));
      out.versions.push_back(*version);
    }
  }
  return out;
}

std::optional<Instant> read_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  int day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  char month[4] = {};
  char end[4] = {};
  if (text.size() != 29 || std::sscanf(std::string(text.substr(5)).c_str(), "%2d %3s %4d %2d:%2d:%2d %3s", &day, month, &year, &hour,
                                       &minute, &second, end) != 7)
    return std::nullopt;
  const auto found = std::ranges::find(months, std::string_view(month));
  if (found == months.end() || std::string_view(end) != "GMT") return std::nullopt;
  const int number = static_cast<int>(found - months.begin()) + 1;
  if (year < 1 || day < 1 || day > days_in_month(year, number) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return std::nullopt;
  return ((days_from_civil(year, number, day) * 24 + hour) * 60 + minute) * 60 * kSecond + second * kSecond;
}

bool ReadConditions::unchanged(std::int64_t version, Instant updated) const {
  if (unless.said()) return unless.has(version);
  return since && updated / kSecond <= *since / kSecond;
}

Result<ReadConditions> read_conditions(const net::Request& request) {
  ReadConditions out;
  YL_TRY(out.unless, none_match(request.header("if-none-match"), "If-None-Match"));
  out.since = read_http_date(request.header("if-modified-since"));
  return out;
}

}  // namespace yilian::api
