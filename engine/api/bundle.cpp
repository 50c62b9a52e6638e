#include "engine/api/bundle.h"

#include <cstdio>

#include "engine/fhir/json.h"
#include "engine/net/http.h"

namespace yilian::api {
namespace {

std::string query_of(const records::Parameters& parameters, const std::string& cursor) {
  std::string query;
  const auto add = [&](std::string_view name, std::string_view value) {
    query.append(query.empty() ? "?" : "&").append(net::percent_encode(name)).append("=").append(net::percent_encode(value));
  };
  for (const auto& [name, value] : parameters) {
    if (name != "_cursor") add(name, value);
  }
  if (!cursor.empty()) add("_cursor", cursor);
  return query;
}

void link(std::string& json, const char* relation, const std::string& url, bool first) {
  json.append(first ? "" : ",").append(R"({"relation":")").append(relation).append(R"(","url":)");
  fhir::write_json_string(url, json);
  json.push_back('}');
}

std::string begin(const char* type, const std::optional<std::int64_t>& total) {
  std::string json = R"({"resourceType":"Bundle","type":")";
  json.append(type).append("\"");
  json.append(R"(,"timestamp":")").append(fhir_instant(now())).append("\"");
  if (total) json.append(R"(,"total":)").append(std::to_string(*total));
  return json;
}

}  // namespace

std::string http_date(Instant at) {
  static constexpr const char* days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t seconds = at / 1'000'000;
  const std::int64_t day = seconds / 86400;
  const int rest = static_cast<int>(seconds % 86400);
  const Civil date = civil_from_days(day);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[day % 7], date.day, months[date.month - 1], date.year, rest / 3600,
                rest / 60 % 60, rest % 60);
  return text;
}

std::string searchset(const records::Page& page, const std::string& base, const std::string& path) {
  std::string json = begin("searchset", page.total);
  std::size_t bytes = json.size() + 4096;
  for (const auto& match : page.entries) bytes += match.resource.body.size() + base.size() + 160;
  json.reserve(bytes);
  json.append(R"(,"link":[)");
  link(json, "self", base + "/" + path + query_of(page.applied, ""), true);
  if (!page.previous.empty()) link(json, "previous", base + "/" + path + query_of(page.applied, page.previous), false);
  if (!page.next.empty()) link(json, "next", base + "/" + path + query_of(page.applied, page.next), false);
  json.append("]");
  if (!page.entries.empty()) {
    json.append(R"(,"entry":[)");
    bool first = true;
    for (const auto& match : page.entries) {
      json.append(first ? "" : ",").append(R"({"fullUrl":")").append(base).append("/").append(match.resource.type).append("/").append(match.resource.id);
      json.append(R"(","resource":)").append(match.resource.body);
      json.append(match.included ? R"(,"search":{"mode":"include"}})" : R"(,"search":{"mode":"match"}})");
      first = false;
    }
    json.append("]");
  }
  return json.append("}");
}

std::string history_bundle(const records::HistoryPage& page, const std::string& base, const std::string& path, const records::Parameters& asked) {
  std::string json = begin("history", page.total);
  json.append(R"(,"link":[)");
  link(json, "self", base + "/" + path + query_of(asked, ""), true);
  if (!page.previous.empty()) link(json, "previous", base + "/" + path + query_of(asked, page.previous), false);
  if (!page.next.empty()) link(json, "next", base + "/" + path + query_of(asked, page.next), false);
  json.append("]");
  if (!page.entries.empty()) {
    json.append(R"(,"entry":[)");
    bool first = true;
    for (const auto& version : page.entries) {
      const std::string place = version.type + "/" + version.id;
      json.append(first ? "" : ",").append(R"({"fullUrl":")").append(base).append("/").append(place).append("\"");
      if (!version.deleted) json.append(R"(,"resource":)").append(version.body);
      const std::string method = version.deleted ? "DELETE" : version.method;
      json.append(R"(,"request":{"method":")").append(method).append(R"(","url":")").append(method == "POST" ? version.type : place);
      const char* status = version.deleted ? "204" : version.version == 1 ? "201" : "200";
      json.append(R"("},"response":{"status":")").append(status).append(R"(","etag":"W/\")").append(std::to_string(version.version));
      json.append(R"(\"","lastModified":")").append(fhir_instant(version.updated)).append(R"("}})");
      first = false;
    }
    json.append("]");
  }
  return json.append("}");
}

std::string response_entry(int status, const std::string& location, const std::string& etag, const std::string& last_modified, const std::string& resource,
                           const std::string& outcome) {
  std::string json = "{";
  if (!resource.empty()) json.append(R"("resource":)").append(resource).append(",");
  json.append(R"("response":{"status":")").append(std::to_string(status)).append("\"");
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    json.append(",\"").append(name).append("\":");
    fhir::write_json_string(value, json);
  };
  add("location", location);
  add("etag", etag);
  add("lastModified", last_modified);
  if (!outcome.empty()) json.append(R"(,"outcome":)").append(outcome);
  return json.append("}}");
}

}  // namespace yilian::api
