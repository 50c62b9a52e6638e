// How many search parameter expressions one thread evaluates in a second of its processor time: those of Patient and of
// Observation, each on a resource as a hospital sends it.
//
// fhirpath_bench [seconds]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "engine/fhirpath/expression.h"

namespace {

using namespace yilian;

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"a","identifier":[{"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:oid:1.2.36.146.595.217.0.1","value":"12345"}],"active":true,"name":[{"use":"official","family":"Wang","given":["Li","Na"]},{"use":"usual","given":["Lili"]}],"telecom":[{"system":"phone","value":"13800000000","use":"mobile"},{"system":"email","value":"a@b.example"}],"gender":"female","birthDate":"1974-12-25","deceasedBoolean":false,"address":[{"use":"home","type":"both","line":["534 Erewhon St"],"city":"PleasantVille","district":"Rainbow","state":"Vic","postalCode":"3999"}],"generalPractitioner":[{"reference":"Practitioner/1"}],"managingOrganization":{"reference":"Organization/1"}})";
constexpr std::string_view kObservation =
    R"({"resourceType":"Observation","id":"f","identifier":[{"system":"http://a.example","value":"6323"}],"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"15074-8","display":"Glucose"}]},"subject":{"reference":"Patient/a"},"encounter":{"reference":"Encounter/e"},"effectiveDateTime":"2013-04-02T09:30:10+01:00","issued":"2013-04-03T15:30:10+01:00","performer":[{"reference":"Practitioner/1"}],"valueQuantity":{"value":6.3,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}],"referenceRange":[{"low":{"value":3.1},"high":{"value":6.2}}]})";

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void measure(std::string_view json, double seconds) {
  fhir::Arena memory;
  const fhir::Json& resource = **fhir::read_json(json, memory);
  const fhir::Type* const type = fhir::resource_type(resource.text_at("resourceType"));
  std::vector<fhirpath::Expression> expressions;
  const double compile_start = cpu_seconds();
  for (const fhir::SearchParameter& each : fhir::search_parameters(type->name)) {
    if (each.expression.empty()) continue;
    auto compiled = fhirpath::Expression::compile(each.expression, {.type = type, .strict = true, .as_filters = true});
    if (!compiled) std::abort();
    expressions.push_back(std::move(*compiled));
  }
  const double start = cpu_seconds();
  const double compiling = start - compile_start;
  std::size_t evaluated = 0, items = 0, rounds = 0;
  double passed = 0;
  while (passed < seconds) {
    for (int i = 0; i < 200; ++i) {
      fhir::Arena arena;
      fhirpath::Context context{arena};
      context.resolve_types_only = true;
      for (const auto& each : expressions) {
        const auto result = each.evaluate(resource, context);
        if (!result) std::abort();
        items += result->size();
      }
      evaluated += expressions.size();
      ++rounds;
    }
    passed = cpu_seconds() - start;
  }
  std::printf(
      "%.*s: %zu expressions, %zu items of a resource; %.2f million expressions/s, %.0f resources/s; compiled in %.1f "
      "us each\n",
      static_cast<int>(type->name.size()), type->name.data(), expressions.size(), items / rounds,
      static_cast<double>(evaluated) / passed / 1e6, static_cast<double>(rounds) / passed,
      compiling * 1e6 / static_cast<double>(expressions.size()));
}

}  // namespace

int main(int count, char** arguments) {
  const double seconds = count > 1 ? std::atof(arguments[1]) : 2;
  measure(kPatient, seconds);
  measure(kObservation, seconds);
  return 0;
}
