// How many search parameter expressions one thread evaluates in a second of its processor time: those of Patient and of
// Observation, each on a resource as a hospital sends it.
//
// fhirpath_bench [seconds]

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "engine/fhirpath/expression.h"
#include "tests/bench/sample_resources.h"

namespace {

using namespace yilian;
using bench::cpu_seconds, bench::kObservation, bench::kPatient;

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
