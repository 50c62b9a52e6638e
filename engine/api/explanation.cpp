#include "engine/api/explanation.h"

#include "engine/fhir/json_object.h"

namespace yilian::api {
namespace {

using fhir::JsonObject;

constexpr std::size_t kMost = 2000;  // of each list: a page or a terminal shows no more

}  // namespace

std::string explanation_json(std::int64_t number, const routing::Explained& explained) {
  std::string json;
  {
    JsonObject object(json);
    object.number("number", number);
    object.text("error", explained.error);
    if (!explained.same_mapping) object.mark("mappingChanged");
    object.list("unused", explained.unused, [](JsonObject& each, const routing::Unused& part) {
      each.text("segment", part.segment);
      each.text("field", part.field);
      each.text("text", part.text);
      each.number("begin", part.segment_begin + part.begin);
      each.number("end", part.segment_begin + part.end);
      each.text("why", part.why);
    }, kMost);
    object.number("unusedTotal", explained.unused.size() + explained.unused_left_off);
    object.list("fallbacks", explained.fallbacks, [](JsonObject& each, const routing::Fallback& fallback) {
      each.text("kind", fallback.kind);
      each.text("field", fallback.field);
      each.text("resource", fallback.resource);
      each.text("what", fallback.what);
      each.text("rule", fallback.rule);
      each.text("rulePlace", fallback.rule_place);
    }, kMost);
    object.number("fallbacksTotal", explained.fallbacks.size());
    object.list("notices", explained.notices, [](JsonObject& each, const mapping::Notice& notice) {
      each.text("field", notice.where);
      each.text("what", notice.what);
      each.text("rule", notice.rule);
    }, kMost);
    object.number("noticesTotal", explained.notices.size());
  }
  return json;
}

}  // namespace yilian::api
