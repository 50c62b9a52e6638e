// How long one thread takes to validate a resource as a hospital sends it: its structure alone, and with the invariants
// of R4.
//
// validation_bench [seconds]

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "engine/fhir/check.h"
#include "engine/validation/validator.h"

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

// Microseconds of one call.
template <class Call>
double microseconds(double seconds, Call&& call) {
  call();
  const double start = cpu_seconds();
  std::size_t rounds = 0;
  while (cpu_seconds() - start < seconds) {
    for (int i = 0; i < 1000; ++i) call();
    rounds += 1000;
  }
  return (cpu_seconds() - start) * 1e6 / static_cast<double>(rounds);
}

void measure(const char* name, std::string_view json, double seconds) {
  fhir::Arena arena;
  const fhir::Json& resource = **fhir::read_json(json, arena);
  const validation::Validator validator;
  const double structure = microseconds(seconds, [&] {
    if (!fhir::check(resource).empty()) std::abort();
  });
  const double whole = microseconds(seconds, [&] {
    if (!validator.validate(resource).empty()) std::abort();
  });
  const double invariants = microseconds(seconds, [&] {
    if (!validator.validate(resource, {.structure = false}).empty()) std::abort();
  });
  std::printf("%s: structure %.2f us, invariants %.2f us, both %.2f us\n", name, structure, invariants, whole);
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  measure("Patient", kPatient, seconds);
  measure("Observation", kObservation, seconds);
}
