#include "engine/api/origin.h"

#include "engine/fhir/json.h"

namespace yilian::api {
namespace {

// Browsers count in UTF-16.
std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto u = static_cast<unsigned char>(c);
    units += (u & 0xC0) != 0x80 ? (u >= 0xF0 ? 2u : 1u) : 0u;
  }
  return units;
}

class Parameters {
 public:
  void begin(const char* name) {
    json_.append(first_ ? R"(,"parameter":[)" : ",").append(R"({"name":")").append(name).append(R"(","part":[)");
    first_ = false;
    first_part_ = true;
  }
  void end() { json_.append("]}"); }
  void text(const char* name, std::string_view value, const char* type = "String") {
    if (value.empty()) return;
    open(name, type);
    fhir::write_json_string(value, json_);
    json_.push_back('}');
  }
  void plain(const char* name, const char* type, const std::string& value) {
    open(name, type);
    json_.append(value).push_back('}');
  }
  void message(std::int64_t number) { plain("message", "Integer", std::to_string(number)); }
  void line(const std::string& line, std::size_t begin, std::size_t end) {
    if (line.empty()) return;
    text("line", line);
    plain("start", "Integer", std::to_string(utf16_length(std::string_view(line).substr(0, begin))));
    plain("length", "Integer", std::to_string(utf16_length(std::string_view(line).substr(begin, end - begin))));
  }
  std::string finish() { return std::move(json_.append(first_ ? "}" : "]}")); }

 private:
  void open(const char* name, const char* type) {
    json_.append(first_part_ ? R"({"name":")" : R"(,{"name":")").append(name).append(R"(","value)").append(type).append("\":");
    first_part_ = false;
  }
  std::string json_ = R"({"resourceType":"Parameters")";
  bool first_ = true, first_part_ = true;
};

}  // namespace

std::string origin_parameters(const routing::Trace& trace) {
  Parameters out;
  for (const routing::Origin& origin : trace.origins) {
    out.begin("origin");
    out.text("element", origin.element);
    out.text("hospital", origin.hospital);
    out.text("feed", origin.feed);
    out.text("system", origin.system);
    out.message(origin.message);
    out.text("messageType", origin.type);
    out.text("controlId", origin.control_id);
    out.text("received", fhir_instant(origin.received), "Instant");
    out.text("segment", origin.segment);
    out.text("field", origin.field);
    out.line(origin.line, origin.begin, origin.end);
    out.text("rule", origin.rule);
    out.text("rulePlace", origin.rule_place);
    if (!origin.same_mapping) out.plain("mappingChanged", "Boolean", "true");
    out.end();
  }
  for (const routing::Unused& unused : trace.unused) {
    out.begin("unused");
    out.message(unused.message);
    out.text("segment", unused.segment);
    out.text("field", unused.field);
    out.text("text", unused.text);
    out.plain("begin", "Integer", std::to_string(unused.begin));
    out.plain("end", "Integer", std::to_string(unused.end));
    out.text("why", unused.why);
    out.end();
  }
  for (const routing::Fallback& fallback : trace.fallbacks) {
    out.begin("fallback");
    out.message(fallback.message);
    out.text("kind", fallback.kind);
    out.text("field", fallback.field);
    out.text("resource", fallback.resource);
    out.text("what", fallback.what);
    out.text("rule", fallback.rule);
    out.text("rulePlace", fallback.rule_place);
    out.end();
  }
  return out.finish();
}

}  // namespace yilian::api
