// How long one thread takes to validate a resource as a hospital sends it: its structure alone, and with the invariants
// of R4.
//
// validation_bench [seconds]

#include <cstdio>
#include <cstdlib>

#include "engine/fhir/check.h"
#include "engine/validation/validator.h"
#include "tests/bench/sample_resources.h"

namespace {

using namespace yilian;
using bench::cpu_seconds, bench::kObservation, bench::kPatient;

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
