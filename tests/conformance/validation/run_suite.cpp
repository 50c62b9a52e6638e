// FHIR's own tests of validators: whether a resource is valid, by itself or against a profile, as the reference
// implementation has it. Each test that is known to differ has its reason in known.tsv.
//
// validation_suite [--all]: --all prints what each known difference finds.

#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "engine/validation/validator.h"

namespace {

using namespace yilian;
using fhir::Json;

std::map<std::string, std::string> read_known(const std::string& folder) {
  std::map<std::string, std::string> known;
  std::ifstream in(folder + "/known.tsv");
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos && !line.starts_with('#')) known[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return known;
}

std::vector<validation::Finding> findings_of(const Json& test) {
  validation::ProfileSet profiles;
  std::vector<const Json*> definitions;
  for (const Json& each : test.find("profiles")->items()) definitions.push_back(&each);
  for (const Issue& issue : profiles.add(definitions)) std::printf("  %s\n", issue.line().c_str());
  validation::Options options;
  if (const std::string_view against = test.text_at("against"); !against.empty())
    options.profiles.emplace_back(against);
  return validation::Validator(&profiles).validate(*test.find("resource"), options);
}

}  // namespace

int main(int argc, char**) {
  const std::string folder = std::string(YILIAN_SOURCE_DIR) + "/tests/conformance/validation";
  const auto known = read_known(folder);
  std::size_t passed = 0, failed = 0, skipped = 0;
  std::ifstream in(folder + "/cases.jsonl");
  for (std::string line; std::getline(in, line);) {
    fhir::Arena arena;
    const auto test = fhir::read_json(line, arena);
    if (!test) return std::printf("%s\n", test.error().line().c_str()), 1;
    const std::string name((*test)->text_at("name"));
    const auto findings = findings_of(**test);
    const bool expected = (*test)->find("valid")->boolean();
    const bool same = validation::has_error(findings) != expected;
    const bool is_known = known.contains(name);
    if (same && !is_known) ++passed;
    if (!same && is_known) ++skipped;
    if (same != is_known && !(is_known && argc > 1)) continue;
    if (same == is_known) ++failed;
    std::printf("%s %s: expected %s\n", is_known ? (same ? "FAIL (passes, and is among the known)" : "known") : "FAIL",
                name.c_str(), expected ? "valid" : "an error");
    for (const auto& each : findings)
      std::printf("  %s %s %s\n", each.where.c_str(), each.key.c_str(), each.text.c_str());
  }
  std::printf("%zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
  return failed == 0 && passed > 0 ? 0 : 1;
}
