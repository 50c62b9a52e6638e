// Every example resource of the FHIR R4 specification, when its npm package is there.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/fhir/check.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {
namespace {

std::string minified(const std::string& json) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted && c == '\\') {
      out += c;
      out += json[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (quoted || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += c;
  }
  return out;
}

std::string slurp(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Issues that are truly there: the package's file breaks R4's own rules.
struct Known {
  std::string_view file;   // how its name begins
  std::string_view where;  // how the place begins
  Code code;
  std::string_view what;
};
constexpr Known kKnown[] = {
    {"SearchParameter-valueset-extensions-", "SearchParameter", Code::required_missing, "Needs base"},
    {"SearchParameter-codesystem-extensions-", "SearchParameter", Code::required_missing, "Needs base"},
    {"SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject", "SearchParameter.id",
     Code::bad_value,
     "\"questionnaireresponse-extensions-QuestionnaireResponse-item-subject\" is no valid id"},  // 66 characters
    {"ImplementationGuide-fhir", "ImplementationGuide.manifest.resource[11904].reference.reference", Code::bad_value,
     "\"SearchParameter/questionnaireresponse-extensions-QuestionnaireResponse-item-subj…\" is no reference"},
    {"ImplementationGuide-fhir", "ImplementationGuide", Code::required_missing, "Needs name"},
    {"ImplementationGuide-fhir", "ImplementationGuide", Code::required_missing, "Needs status"},
    {"Questionnaire-qs1", "Questionnaire.item[0].item[", Code::required_missing, "Needs linkId"},
    {"Observation-clinical-gender", "Observation.performer[0].reference", Code::bad_value,
     "A reference to Encounter cannot stand here"},
    {"DeviceUseStatement-example", "DeviceUseStatement.reasonReference[0].reference", Code::bad_value,
     "A reference to Procedure cannot stand here"},
    {"MedicationRequest-medrx0301", "MedicationRequest.dispenseRequest.performer.reference", Code::bad_value,
     "A reference to Practitioner cannot stand here"},
    {"DeviceMetric-example", "DeviceMetric.parent.reference", Code::bad_value,
     "A reference to DeviceDefinition cannot stand here"},
};

bool known(std::string_view file, const Issue& issue) {
  return std::ranges::any_of(kKnown, [&](const Known& k) {
    return file.starts_with(k.file) && issue.where.starts_with(k.where) && issue.code == k.code && issue.what == k.what;
  });
}

TEST(R4Examples, AllPassAndKeepTheirText) {
  const char* folder = std::getenv("YILIAN_R4_EXAMPLES");
  if (!folder) GTEST_SKIP() << "YILIAN_R4_EXAMPLES does not name the unpacked npm package hl7.fhir.r4.examples";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".json") || name.find('-') == std::string::npos || name == "package.json") continue;
    if (!is_resource_type(name.substr(0, name.find('-')))) continue;
    ++files;
    const std::string text = slurp(entry.path());
    Arena arena;
    const Result<Json*> read = read_json(text, arena);
    ASSERT_TRUE(read) << name << ": " << read.error().line();
    std::string expected = minified(text);
    const std::string written = write_json(**read);
    if (written != expected) {
      Arena other;
      const Result<Json*> again = read_json(written, other);
      EXPECT_TRUE(again && equal(**read, **again)) << name;
      EXPECT_NE(expected.find("\\"), std::string::npos)
          << name << ": the text changed, and not by the form of an escape";
    }
    for (const Issue& issue : check(**read)) {
      EXPECT_TRUE(known(name, issue)) << name << ": " << issue.line();
    }
  }
  EXPECT_GT(files, 700u);
}

}  // namespace
}  // namespace yilian::fhir
