// patches.json: the cases of FHIRPath Patch for R4. A case with "error" has to be refused.

#include "tests/conformance/fhirpath/run_patches.h"

#include <cstdio>

#include "engine/fhir/check.h"
#include "engine/fhir/json.h"
#include "engine/fhirpath/patch.h"

namespace yilian {
namespace {

using fhir::Json;

// Empty when the case passes, or what came instead.
std::string run(const Json& each, fhir::Arena& arena) {
  const auto made = fhirpath::patch(*each.find("input"), *each.find("diff"), arena);
  if (each.find("error")) return made ? "was done: " + fhir::write_json(**made) : "";
  if (!made) return made.error().line();
  Json* const wanted = copy(*each.find("output"), arena);
  fhir::sort_members(*wanted);
  return equal(**made, *wanted) ? "" : "gave " + fhir::write_json(**made);
}

}  // namespace

PatchCount run_patches(const std::string& text) {
  fhir::Arena arena;
  PatchCount count;
  const auto cases = fhir::read_json(text, arena);
  if (!cases) {
    std::printf("patches.json: %s\n", cases.error().line().c_str());
    ++count.failed;
    return count;
  }
  for (const Json& each : (*cases)->find("cases")->items()) {
    const std::string wrong = run(each, arena);
    if (wrong.empty()) {
      ++count.passed;
    } else {
      ++count.failed;
      std::printf("patch %s: %s\n", std::string(each.text_at("name")).c_str(), wrong.c_str());
    }
  }
  return count;
}

}  // namespace yilian
