// The search parameters of R4 on its examples: all when the specification's npm package is there, and some in the tree.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/fhirpath/expression.h"

namespace yilian::fhirpath {
namespace {

using fhir::Json;

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

constexpr Options kSearch{.type = nullptr, .strict = true, .as_filters = true, .check_order = false};

Result<Expression> compile(std::string_view text, const fhir::Type& type) {
  Options options = kSearch;
  options.type = &type;
  return Expression::compile(text, options);
}

// By resource type, all of its expressions; those of components on nothing told.
const std::map<std::string_view, std::vector<Expression>>& expressions() {
  static const auto all = [] {
    std::map<std::string_view, std::vector<Expression>> made;
    for (const fhir::Type* type : fhir::resource_types()) {
      for (const fhir::SearchParameter& each : fhir::search_parameters(type->name)) {
        if (each.expression.empty()) continue;
        if (auto compiled = compile(each.expression, *type)) made[type->name].push_back(std::move(*compiled));
      }
    }
    return made;
  }();
  return all;
}

TEST(SearchParameters, AllCompileWithEveryNameKnown) {
  std::size_t count = 0, components = 0;
  for (const fhir::Type* type : fhir::resource_types()) {
    for (const fhir::SearchParameter& each : fhir::search_parameters(type->name)) {
      for (const auto& component : each.components) {
        const auto compiled = Expression::compile(component.expression, {.as_filters = true});
        EXPECT_TRUE(compiled) << component.expression << ": " << compiled.error().line();
        ++components;
      }
      if (each.expression.empty()) continue;
      const auto compiled = compile(each.expression, *type);
      EXPECT_TRUE(compiled) << each.expression << ": " << compiled.error().line();
      ++count;
    }
  }
  EXPECT_GT(count, 2000u);
  EXPECT_GT(components, 50u);
}

// What each of some parameters finds: values, and references as they are written.
TEST(SearchParameters, FindWhatTheyAreFor) {
  struct Case {
    std::string_view type, code, resource;
    std::vector<std::string> found;
  };
  const Case cases[]{
      {"Patient", "deceased", R"({"resourceType":"Patient","deceasedDateTime":"2020"})", {"true"}},
      {"Patient", "deceased", R"({"resourceType":"Patient","deceasedBoolean":false})", {"false"}},
      {"Patient", "deceased", R"({"resourceType":"Patient"})", {"false"}},
      {"Patient", "death-date", R"({"resourceType":"Patient","deceasedDateTime":"2020"})", {"2020"}},
      {"Patient",
       "phone",
       R"({"resourceType":"Patient","telecom":[{"system":"email","value":"e"},{"system":"phone","value":"p"}]})",
       {"Patient.telecom[1]"}},
      {"Observation",
       "patient",
       R"({"resourceType":"Observation","subject":{"reference":"Patient/1"}})",
       {"Observation.subject"}},
      {"Observation", "patient", R"({"resourceType":"Observation","subject":{"reference":"Group/1"}})", {}},
      {"Observation",
       "combo-value-quantity",
       R"({"resourceType":"Observation","valueString":"x","component":[{"valueQuantity":{"value":1,"unit":"a"}},{"valueQuantity":{"value":2,"unit":"a"}}]})",
       {"1 'a'", "2 'a'"}},
      {"Condition",
       "onset-age",
       R"({"resourceType":"Condition","onsetAge":{"value":40,"unit":"years"}})",
       {"40 'years'"}},
      {"Condition", "onset-date", R"({"resourceType":"Condition","onsetAge":{"value":40}})", {}},
  };
  for (const Case& each : cases) {
    const fhir::SearchParameter* const parameter = fhir::search_parameter(each.type, each.code);
    ASSERT_TRUE(parameter) << each.code;
    fhir::Arena arena;
    Context context{arena};
    context.resolve_types_only = true;
    const auto result = compile(parameter->expression, *fhir::type(each.type))
                            ->evaluate(**fhir::read_json(each.resource, arena), context);
    ASSERT_TRUE(result) << result.error().line();
    std::vector<std::string> found;
    for (const Item& item : *result) {
      const std::string text = text_of(item);
      found.push_back(text.empty() ? place_of(item.node()) : text);
    }
    EXPECT_EQ(found, each.found) << each.code;
  }
}

std::size_t evaluate_all(const Json& resource, const std::string& file) {
  std::size_t found = 0;
  const auto of_type = expressions().find(resource.text_at("resourceType"));
  if (of_type == expressions().end()) return 0;
  for (const Expression& each : of_type->second) {
    fhir::Arena arena;
    Context context{arena};
    context.resolve_types_only = true;
    const auto result = each.evaluate(resource, context);
    if (!result) {
      ADD_FAILURE() << file << ": " << each.text() << ": " << result.error().line();
      continue;
    }
    found += result->size();
  }
  return found;
}

std::size_t evaluate_folder(const std::filesystem::path& folder) {
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json" || entry.file_size() > 4u << 20) continue;
    fhir::Arena arena;
    const auto read = fhir::read_json(slurp(entry.path()), arena);
    if (read) found += evaluate_all(**read, entry.path().filename().string());
  }
  return found;
}

TEST(SearchParameters, AreEvaluatedOnTheInputsOfTheConformanceTests) {
  EXPECT_GT(evaluate_folder(YILIAN_SOURCE_DIR "/tests/conformance/fhirpath/inputs"), 100u);
}

TEST(SearchParameters, AreEvaluatedOnEveryExampleOfTheSpecification) {
  const char* const folder = std::getenv("YILIAN_R4_EXAMPLES");
  if (!folder) GTEST_SKIP() << "YILIAN_R4_EXAMPLES does not name the unpacked npm package hl7.fhir.r4.examples";
  EXPECT_GT(evaluate_folder(folder), 10'000u);
}

}  // namespace
}  // namespace yilian::fhirpath
