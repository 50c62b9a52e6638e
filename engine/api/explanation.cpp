#include "engine/api/explanation.h"

#include <algorithm>

#include "engine/fhir/json.h"

namespace yilian::api {
namespace {

constexpr std::size_t kMost = 2000;  // of each list: a page or a terminal shows no more

void name(std::string& json, const char* name) {
  if (json.back() != '{') json.push_back(',');
  json.append("\"").append(name).append("\":");
}

void text(std::string& json, const char* member, std::string_view value) {
  if (value.empty()) return;
  name(json, member);
  fhir::write_json_string(value, json);
}

void count(std::string& json, const char* member, std::size_t value) {
  name(json, member);
  json.append(std::to_string(value));
}

template <class List, class Write>
void list(std::string& json, const char* member, const List& items, Write write) {
  name(json, member);
  json.push_back('[');
  for (std::size_t i = 0; i < std::min(items.size(), kMost); ++i) {
    json.append(i == 0 ? "{" : ",{");
    write(items[i]);
    json.push_back('}');
  }
  json.push_back(']');
}

}  // namespace

std::string explanation_json(std::int64_t number, const routing::Explained& explained) {
  std::string json = "{\"number\":" + std::to_string(number);
  text(json, "error", explained.error);
  if (!explained.same_mapping) json.append(R"(,"mappingChanged":true)");
  list(json, "unused", explained.unused, [&](const routing::Unused& part) {
    text(json, "segment", part.segment);
    text(json, "field", part.field);
    text(json, "text", part.text);
    count(json, "begin", part.segment_begin + part.begin);
    count(json, "end", part.segment_begin + part.end);
    text(json, "why", part.why);
  });
  count(json, "unusedTotal", explained.unused.size() + explained.unused_left_off);
  list(json, "fallbacks", explained.fallbacks, [&](const routing::Fallback& fallback) {
    text(json, "kind", fallback.kind);
    text(json, "field", fallback.field);
    text(json, "resource", fallback.resource);
    text(json, "what", fallback.what);
    text(json, "rule", fallback.rule);
    text(json, "rulePlace", fallback.rule_place);
  });
  count(json, "fallbacksTotal", explained.fallbacks.size());
  list(json, "notices", explained.notices, [&](const mapping::Notice& notice) {
    text(json, "field", notice.where);
    text(json, "what", notice.what);
    text(json, "rule", notice.rule);
  });
  count(json, "noticesTotal", explained.notices.size());
  return json.append("}");
}

}  // namespace yilian::api
