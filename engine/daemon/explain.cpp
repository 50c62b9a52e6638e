#include "engine/daemon/explain.h"

#include "engine/fhir/json.h"
#include "engine/mapping/unused.h"
#include "engine/text/utf8.h"

namespace yilian::daemon {
namespace {

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

// An object that is written member by member.
class Object {
 public:
  explicit Object(std::string& json) : json_(json) { json_.push_back('{'); }
  ~Object() { json_.push_back('}'); }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  void text(const char* name, std::string_view value) {
    if (value.empty()) return;
    begin(name);
    fhir::write_json_string(value, json_);
  }
  void bytes(const Span& span) {
    begin("begin");
    json_ += std::to_string(span.begin);
    begin("end");
    json_ += std::to_string(span.end);
  }
  void begin(const char* name) {
    if (json_.back() != '{') json_.push_back(',');
    json_.append("\"").append(name).append("\":");
  }

 private:
  std::string& json_;
};

template <class List, class Write>
void list(Object& around, std::string& json, const char* name, const List& items, Write write) {
  around.begin(name);
  const char* comma = "[";
  if (items.empty()) json += comma;
  for (const auto& item : items) {
    json += comma;
    comma = ",";
    Object object(json);
    write(object, item);
  }
  json.push_back(']');
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
    Object object(json);
    object.text("message", place);
    list(object, json, "origins", mapped.origins, [&](Object& each, const mapping::Origin& origin) {
      each.text("resource", resource(mapped, origin.resource));
      each.text("element", origin.element);
      each.text("field", origin.field);
      if (origin.end > origin.begin) {
        each.bytes({origin.begin, origin.end});
        each.text("text", bytes(message, {origin.begin, origin.end}));
      }
      each.text("rule", origin.rule);
      each.text("rulePlace", origin.rule_place);
      each.text("via", origin.via);
    });
    const auto unused = mapping::unused(message, mapped);
    list(object, json, "unused", unused.parts, [&](Object& each, const mapping::Unused& part) {
      each.text("field", part.field);
      each.bytes(part.bytes);
      each.text("text", text::shortened(bytes(message, part.bytes)));
      each.text("why", name(part.why));
    });
    if (unused.left_off > 0) {
      object.begin("unusedLeftOff");
      json += std::to_string(unused.left_off);
    }
    list(object, json, "fallbacks", mapped.fallbacks, [&](Object& each, const mapping::Fallback& fallback) {
      each.text("kind", name(fallback.kind));
      each.text("field", fallback.where);
      if (fallback.resource >= 0) each.text("resource", resource(mapped, static_cast<std::size_t>(fallback.resource)));
      each.text("what", fallback.what);
      each.text("rule", fallback.rule);
      each.text("rulePlace", fallback.rule_place);
    });
    list(object, json, "notices", mapped.notices, [&](Object& each, const mapping::Notice& notice) {
      each.text("field", notice.where);
      each.text("what", notice.what);
      each.text("rule", notice.rule);
    });
  }
  json.push_back('\n');
  return json;
}

}  // namespace yilian::daemon
