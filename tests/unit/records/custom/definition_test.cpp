#include "engine/records/custom/definition.h"

#include "tests/unit/records/custom/custom_fixture.h"

namespace yilian::records {
namespace {

Result<CustomDefinition> read_so(const std::string& json) {
  fhir::Arena arena;
  const auto read = fhir::read_json(json, arena);
  EXPECT_TRUE(read) << json;
  return read_definition(**read);
}

TEST(CustomDefinition, SaysTheSameAsText) {
  const auto plain =
      read_so(parameter("p", "care-by", "reference", "Patient.generalPractitioner", R"("Patient","Person")",
                        R"(,"target":["Practitioner"],"multipleOr":false,"multipleAnd":false,)"
                        R"("modifier":["missing","type"],"comparator":["eq"],"chain":["name"])"));
  ASSERT_TRUE(plain) << plain.error().line();
  EXPECT_FALSE(plain->allowed.several_values);
  EXPECT_FALSE(plain->allowed.repeated);
  EXPECT_EQ(plain->allowed.chains, std::vector<std::string>{"name"});
  const auto again = read_so(text_of(*plain));
  ASSERT_TRUE(again) << again.error().line();
  EXPECT_EQ(*again, *plain);

  const auto composite = read_so(parameter(
      "c", "pair", "composite", "Observation", R"("Observation")",
      R"(,"component":[{"definition":"http://example.org/a","expression":"code"},{"definition":"http://example.org/b","expression":"value"}])"));
  ASSERT_TRUE(composite) << composite.error().line();
  ASSERT_EQ(composite->components.size(), 2U);
  EXPECT_EQ(*read_so(text_of(*composite)), *composite);
}

TEST(CustomDefinition, KnowsWhatItsRowsDependOn) {
  const auto of = [](const std::string& more, const std::string& expression = "Patient.birthDate") {
    return *read_so(parameter("p", "born", "date", expression, R"("Patient")", more));
  };
  EXPECT_TRUE(of("").has_rows_of(of(R"(,"multipleOr":false,"comparator":["gt"])")));
  EXPECT_FALSE(of("").has_rows_of(of("", "Patient.deceased")));
}

TEST(CustomDefinition, TypesOfAbstractBases) {
  EXPECT_EQ(read_so(parameter("p", "x", "token", "Resource.language", R"("Resource")"))->types().size(),
            fhir::resource_types().size());
  const auto domain = read_so(parameter("p", "x", "token", "DomainResource.language", R"("DomainResource")"));
  EXPECT_FALSE(domain->is_of(*fhir::type("Bundle")));
  EXPECT_TRUE(domain->is_of(*fhir::type("Patient")));
}

TEST(CustomDefinition, WhatCannotBeTakenIsNamed) {
  const std::string long_text(5000, 'a');
  const std::vector<std::pair<std::string, std::string>> wrong{
      {parameter("p", "_x", "token", "Patient.gender"), "SearchParameter.code"},
      {parameter("p", "a.b", "token", "Patient.gender"), "SearchParameter.code"},
      {parameter("p", "a:b", "token", "Patient.gender"), "SearchParameter.code"},
      {parameter("p", std::string(65, 'a'), "token", "Patient.gender"), "SearchParameter.code"},
      {parameter("p", "x", "special", "Patient.gender"), "SearchParameter.type"},
      {parameter("p", "x", "token", ""), "SearchParameter.expression"},
      {parameter("p", "x", "token", long_text), "SearchParameter.expression"},
      {parameter("p", "x", "token", "Patient.gender", R"("Human")"), "SearchParameter.base"},
      {parameter("p", "x", "token", "Patient.gender", R"("HumanName")"), "SearchParameter.base"},
      {parameter("p", "x", "token", "Patient.gender", R"("Patient")", R"(,"target":["Group"])"),
       "SearchParameter.target"},
      {parameter("p", "x", "reference", "Patient.link.other", R"("Patient")", R"(,"target":["Resource"])"),
       "SearchParameter.target"},
      {parameter("p", "x", "composite", "Patient"), "SearchParameter.component"},
      {parameter("p", "x", "token", "Patient.gender", R"("Patient")",
                 R"(,"component":[{"definition":"http://example.org/a","expression":"code"}])"),
       "SearchParameter.component"},
      {parameter("p", "x", "token", "Patient.gender", R"("Patient")", R"(,"chain":[")" + std::string(65, 'a') + "\"]"),
       "SearchParameter.chain"}};
  for (const auto& [json, where] : wrong) {
    const auto read = read_so(json);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error().where, where) << read.error().line();
    EXPECT_FALSE(read.error().what.empty());
    EXPECT_FALSE(read.error().cure.empty()) << read.error().line();
  }
}

}  // namespace
}  // namespace yilian::records
