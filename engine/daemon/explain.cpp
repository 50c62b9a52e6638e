#include "engine/daemon/explain.h"

#include "engine/fhir/json_object.h"
#include "engine/mapping/unused.h"
#include "engine/text/utf8.h"

namespace yilian::daemon {
namespace {

using fhir::JsonObject;
using mapping::Span;

std::string_view bytes(const hl7v2::Message& message, const Span& span) { return message.text().substr(span.begin, span.end - span.begin); }

std::string resource(const mapping::Mapped& mapped, std::size_t number) { return std::string(mapped.resources[number].type) + "/" + std::string(mapped.resources[number].id); }

std::string range(const Span& span) { return "[" + std::to_string(span.begin) + "," + std::to_string(span.end) + ")"; }

// "by PID[Patient]#13 at segments/PID[Patient].yaml:14"
std::string by(const std::string& rule, const std::string& place) { return rule.empty() ? "" : " by " + rule + " at " + place; }

const char* words(mapping::Unused::Why why) {
  switch (why) {
    case mapping::Unused::Why::never: return "unused";
    case mapping::Unused::Why::asked: return "unused (a condition asked)";
    case mapping::Unused::Why::set_id: return "unused (set id)";
  }
  return "";
}

void tell(JsonObject& object, const Span& span) {
  object.number("begin", span.begin);
  object.number("end", span.end);
}

}  // namespace

std::string explained(const std::string& place, const hl7v2::Message& message, const mapping::Mapped& mapped) {
  std::string out = place + ": explained\n";
  for (const auto& origin : mapped.origins) {
    const Span span{origin.begin, origin.end};
    out.append(resource(mapped, origin.resource)).append(" ").append(origin.element).append(" <- ").append(origin.field.empty() ? "mapping" : origin.field);
    out.append(" ").append(range(span)).append(" '").append(bytes(message, span)).append("'").append(by(origin.rule, origin.rule_place)).append("\n");
  }
  const auto unused = mapping::unused(message, mapped);
  for (const auto& part : unused.parts)
    out.append(words(part.why)).append(": ").append(part.field).append(" ").append(range(part.bytes)).append(" '").append(text::shortened(bytes(message, part.bytes))).append("'\n");
  if (unused.left_off > 0) out.append("unused: ").append(std::to_string(unused.left_off)).append(" more\n");
  for (const auto& fallback : mapped.fallbacks) {
    out.append("fallback: ").append(name(fallback.kind)).append(": ");
    if (fallback.resource >= 0) out.append(resource(mapped, static_cast<std::size_t>(fallback.resource))).append(" ");
    out.append(fallback.where).append(fallback.where.empty() ? "" : ": ").append(fallback.what).append(by(fallback.rule, fallback.rule_place)).append("\n");
  }
  return out;
}

std::string explained_as_json(const std::string& place, const hl7v2::Message& message, const mapping::Mapped& mapped) {
  std::string json;
  {
    JsonObject object(json);
    object.text("message", place);
    object.list("origins", mapped.origins, [&](JsonObject& each, const mapping::Origin& origin) {
      each.text("resource", resource(mapped, origin.resource));
      each.text("element", origin.element);
      each.text("field", origin.field);
      if (origin.end > origin.begin) {
        tell(each, {origin.begin, origin.end});
        each.text("text", bytes(message, {origin.begin, origin.end}));
      }
      each.text("rule", origin.rule);
      each.text("rulePlace", origin.rule_place);
      each.text("via", origin.via);
    });
    const auto unused = mapping::unused(message, mapped);
    object.list("unused", unused.parts, [&](JsonObject& each, const mapping::Unused& part) {
      each.text("field", part.field);
      tell(each, part.bytes);
      each.text("text", text::shortened(bytes(message, part.bytes)));
      each.text("why", name(part.why));
    });
    if (unused.left_off > 0) object.number("unusedLeftOff", unused.left_off);
    object.list("fallbacks", mapped.fallbacks, [&](JsonObject& each, const mapping::Fallback& fallback) {
      each.text("kind", name(fallback.kind));
      each.text("field", fallback.where);
      if (fallback.resource >= 0) each.text("resource", resource(mapped, static_cast<std::size_t>(fallback.resource)));
      each.text("what", fallback.what);
      each.text("rule", fallback.rule);
      each.text("rulePlace", fallback.rule_place);
    });
    object.list("notices", mapped.notices, [&](JsonObject& each, const mapping::Notice& notice) {
      each.text("field", notice.where);
      each.text("what", notice.what);
      each.text("rule", notice.rule);
    });
  }
  json.push_back('\n');
  return json;
}

}  // namespace yilian::daemon
