#include "engine/api/capability.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "engine/api/operation.h"
#include "engine/base/time.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/records/store.h"

namespace yilian::api {
namespace {

// history.html of R4: what stays as it is.
constexpr std::array<std::string_view, 11> kNormative{"Binary",
                                                      "Bundle",
                                                      "CapabilityStatement",
                                                      "CodeSystem",
                                                      "Observation",
                                                      "OperationDefinition",
                                                      "OperationOutcome",
                                                      "Parameters",
                                                      "Patient",
                                                      "StructureDefinition",
                                                      "ValueSet"};

std::string strings(const std::vector<std::string>& values) {
  std::string json = "[";
  for (const std::string& value : values) json.append(json.size() > 1 ? ",\"" : "\"").append(value).append("\"");
  return json + "]";
}

using Defined = std::vector<records::Defined>;

bool holds(const std::vector<std::string_view>& types, std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

// Of a type: the references that lead away from it, and those of all types that lead to it.
struct Includes {
  std::vector<std::string> from, to;
};

Includes includes_of(std::string_view type, const Defined& defined) {
  Includes out{{"*"}, {"*"}};
  for (const fhir::Type* source : fhir::resource_types()) {
    for (const auto& parameter : records::searchable(source->name)) {
      if (parameter.kind != "reference") continue;
      std::string name(source->name);
      name.append(":").append(parameter.code);
      const fhir::SearchParameter* said = fhir::search_parameter(source->name, parameter.code);
      const bool any = said == nullptr || said->targets.empty();
      if (source->name == type) out.from.push_back(name);
      if (any || std::ranges::find(said->targets, type) != said->targets.end()) out.to.push_back(std::move(name));
    }
  }
  for (const records::Defined& parameter : defined) {
    if (parameter.kind != "reference") continue;
    for (const std::string_view source : parameter.types) {
      const std::string name = std::string(source) + ":" + parameter.code;
      if (source == type) out.from.push_back(name);
      if (parameter.targets.empty() || holds(parameter.targets, type)) out.to.push_back(name);
    }
  }
  return out;
}

std::string operations_json(std::string_view type) {
  std::string json;
  for (const Operation& operation : operations()) {
    const bool here =
        type.empty() ? operation.is_on(On::system)
                     : (operation.type.empty() || operation.type == type) &&
                           (operation.is_on(On::type) || operation.is_on(On::instance) || operation.is_on(On::version));
    if (!here) continue;
    json.append(json.empty() ? R"(,"operation":[)" : ",").append(R"({"name":")").append(operation.name);
    json.append(R"(","definition":")").append(operation.url).append(R"("})");
  }
  return json.empty() ? json : json + "]";
}

void add_search_parameter(std::string& json, std::string_view code, std::string_view kind, std::string_view url) {
  json.append(json.ends_with('[') ? "" : ",").append(R"({"name":")").append(code).append("\"");
  if (!url.empty()) {
    json.append(R"(,"definition":)");
    fhir::write_json_string(url, json);
  }
  json.append(R"(,"type":")").append(kind).append(R"("})");
}

std::string resource_json(std::string_view type, const Defined& defined) {
  const Includes includes = includes_of(type, defined);
  std::string json = R"({"type":")";
  json.append(type).append(R"(","profile":"http://hl7.org/fhir/StructureDefinition/)").append(type);
  json.append(
      R"(","interaction":[{"code":"read"},{"code":"vread"},{"code":"update"},{"code":"patch"},{"code":"delete"},{"code":"history-instance"},)");
  json.append(
      R"({"code":"history-type"},{"code":"create"},{"code":"search-type"}],"versioning":"versioned-update","readHistory":true,"updateCreate":true,)");
  json.append(
      R"("conditionalCreate":true,"conditionalRead":"full-support","conditionalUpdate":true,"conditionalDelete":"multiple",)");
  json.append(R"("referencePolicy":["literal","logical"],"searchInclude":)").append(strings(includes.from));
  json.append(R"(,"searchRevInclude":)").append(strings(includes.to)).append(R"(,"searchParam":[)");
  for (const auto& parameter : records::searchable(type))
    add_search_parameter(json, parameter.code, parameter.kind, parameter.url);
  for (const records::Defined& parameter : defined) {
    if (holds(parameter.types, type)) add_search_parameter(json, parameter.code, parameter.kind, parameter.url);
  }
  return json.append("]").append(operations_json(type)).append("}");
}

// What all types share: how a search is sorted and shown.
constexpr std::string_view kCommon = R"(,"searchParam":[
{"name":"_type","type":"token","documentation":"Of a search over all types: these alone"},
{"name":"_has","type":"string","documentation":"_has:Observation:patient:code=…"},
{"name":"_sort","type":"string","documentation":"_lastUpdated, _id, and what the one type is searched by; with - before it descending"},
{"name":"_count","type":"number","documentation":"Matches of a page, 1000 at most; 0: the total alone"},
{"name":"_include","type":"string","documentation":"Type:parameter[:Target], also :iterate"},
{"name":"_revinclude","type":"string","documentation":"Type:parameter[:Target], also :iterate"},
{"name":"_summary","type":"token","documentation":"true, text, data, count, false"},
{"name":"_elements","type":"string","documentation":"Only these, and what is mandatory"},
{"name":"_total","type":"token","documentation":"none, estimate (of very many: at most so many), accurate"},
{"name":"_contained","type":"token","documentation":"false alone"}])";

std::string rest_json(bool normative, const Defined& defined) {
  std::string json = R"({"mode":"server","resource":[)";
  bool first = true;
  for (const fhir::Type* type : fhir::resource_types()) {
    if (normative && std::ranges::find(kNormative, type->name) == kNormative.end()) continue;
    json.append(std::exchange(first, false) ? "" : ",").append(resource_json(type->name, defined));
  }
  json.append(
      R"(],"interaction":[{"code":"transaction"},{"code":"batch"},{"code":"history-system"},{"code":"search-system"}])");
  json.append(kCommon).append(operations_json(""));
  std::vector<std::string> compartments;
  for (const char* name : {"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"}) {
    if (fhir::is_compartment(name))
      compartments.push_back(std::string("http://hl7.org/fhir/CompartmentDefinition/") +
                             static_cast<char>(name[0] + 'a' - 'A') + (name + 1));
  }
  return json.append(R"(,"compartment":)").append(strings(compartments)).append("}");
}

// What was said last: it changes only with what clients define.
std::shared_ptr<const std::string> kept_rest(bool normative, const Defined& defined) {
  struct Kept {
    Defined of;
    std::shared_ptr<const std::string> json;
  };
  static std::mutex mutex;
  static std::array<Kept, 2> kept;
  const std::lock_guard lock(mutex);
  Kept& mine = kept[normative ? 1 : 0];
  if (mine.json == nullptr || mine.of != defined)
    mine = {defined, std::make_shared<const std::string>(rest_json(normative, defined))};
  return mine.json;
}

std::string head(const char* type, const std::string& base, const std::string& version) {
  static const std::string started = fhir_instant(now());
  std::string json = R"({"resourceType":")";
  json.append(type).append(R"(","status":"active","date":")").append(started);
  json.append(R"(","kind":"instance","software":{"name":"Yilian","version":")").append(version);
  json.append(R"("},"implementation":{"description":"Yilian record store","url":)");
  fhir::write_json_string(base, json);
  return json.append("}");
}

}  // namespace

Result<std::string> capability_statement(const std::string& base, const std::string& version, std::string_view mode,
                                         const std::vector<records::Defined>& defined) {
  if (mode == "terminology")
    return head("TerminologyCapabilities", base, version).append(R"(,"codeSearch":"explicit"})");
  if (!mode.empty() && mode != "full" && mode != "normative") {
    return fail(Code::bad_value, "'" + std::string(mode.substr(0, 40)) + "' is no mode", "mode",
                "Known: full, normative, terminology");
  }
  std::string json = head("CapabilityStatement", base, version);
  json.append(R"(,"fhirVersion":"4.0.1","format":["application/fhir+json","application/fhir+xml","json","xml"],)");
  json.append(
      R"("patchFormat":["application/json-patch+json","application/fhir+json","application/fhir+xml"],"rest":[)");
  return json.append(*kept_rest(mode == "normative", defined)).append("]}");
}

}  // namespace yilian::api
