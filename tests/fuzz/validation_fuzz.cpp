// Any bytes as a resource, and behind a line end a profile: validated within bounds, always the same, and a place in
// every finding. A broken promise aborts.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/validation/validator.h"

namespace {

using namespace yilian;
using namespace yilian::validation;

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"p","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"extension":[{"url":"http://a/e","valueCode":"x"}],"identifier":[{"system":"urn:m","value":"1"},{"system":"urn:s"}],"name":[{"family":"Wang","given":["Li"]}],"contact":[{"gender":"male"}],"managingOrganization":{"reference":"#o"}})";

void require(bool promise) {
  if (!promise) std::abort();
}

std::string shown(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& each : findings) {
    require(!each.text.empty() && !each.type.empty());
    text += each.where + ' ' + each.key + ' ' + each.text + '\n';
  }
  return text;
}

void try_resource(const fhir::Json& resource, const ProfileSet* profiles, const std::vector<std::string>& urls) {
  Options options;
  options.profiles = urls;
  options.best_practice = true;
  options.bounds = {.findings = 20, .steps = 20'000, .time = std::chrono::milliseconds(10'000)};
  const auto findings = Validator(profiles).validate(resource, options);
  require(findings.size() <= options.bounds.findings + 1);
  require(shown(findings) == shown(Validator(profiles).validate(resource, options)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find("\n{");
  fhir::Arena arena;
  const fhir::Json* resource = *fhir::read_json(kPatient, arena);
  if (const auto read = fhir::read_json(bytes.substr(0, end), arena)) resource = *read;
  ProfileSet profiles;
  std::vector<std::string> urls;
  if (end != std::string_view::npos) {
    if (const auto profile = fhir::read_json(bytes.substr(end + 1), arena)) {
      for (const Issue& issue : profiles.add({*profile})) require(!issue.what.empty() && !issue.where.empty());
      urls.emplace_back((*profile)->text_at("url"));
    }
  }
  try_resource(*resource, &profiles, urls);
  return 0;
}
