#include "engine/records/custom/compile.h"

#include <map>
#include <set>

#include "tests/unit/records/custom/custom_fixture.h"

namespace yilian::records {
namespace {

CustomDefinition definition(const std::string& type, const std::string& expression, const std::string& base = "Patient",
                            const std::string& code = "own") {
  fhir::Arena arena;
  const auto json = fhir::read_json(parameter("p", code, type, expression, "\"" + base + "\""), arena);
  EXPECT_TRUE(json);
  auto read = read_definition(**json);
  EXPECT_TRUE(read) << read.error().line() << " " << expression;
  return *read;
}

struct Case {
  const char *type, *expression, *base;
};

TEST(CompileCustom, WhatCanBeIndexed) {
  const Case cases[] = {
      {"token", "Patient.maritalStatus", "Patient"},
      {"token", "maritalStatus", "Patient"},
      {"token", "Patient.deceased.exists()", "Patient"},
      {"token", "Patient.extension('http://x.org/a(b).c|d').value", "Patient"},
      {"token", "Patient.extension.where(url = 'http://x.org/a').value.ofType(Coding)", "Patient"},
      {"token", "Patient.telecom.where(system = 'phone' and use = 'mobile')", "Patient"},
      {"token", "Patient.telecom.where(system = 'it\\'s(')", "Patient"},
      {"token", "Resource.meta.tag", "Resource"},
      {"token", "DomainResource.text.status", "DomainResource"},
      {"token", "Resource.language", "Resource"},
      {"string", "Patient.contact.name", "Patient"},
      {"string", "Patient.name.where(use = 'official').family", "Patient"},
      {"string", "Patient.name.given.first()", "Patient"},
      {"string", "Patient.name[0].family", "Patient"},
      {"string", "Patient.name.select(given.first() & ' ' & family)", "Patient"},
      {"string", "iif(Patient.active, Patient.name.family, Patient.name.text)", "Patient"},
      {"number", "Patient.multipleBirth.ofType(integer)", "Patient"},
      {"number", "Patient.name.count()", "Patient"},
      {"date", "Patient.contact.period", "Patient"},
      {"date", "Patient.birthDate | Patient.deceased as dateTime", "Patient"},
      {"date", "Patient.extension('http://x.org/a').value", "Patient"},
      {"date", "Observation.value.ofType(Period)", "Observation"},
      {"quantity", "(Observation.value as Quantity)", "Observation"},
      {"quantity", "Observation.component.value as Range", "Observation"},
      {"quantity", "Observation.component.where(code.exists()).value", "Observation"},
      {"reference", "Patient.generalPractitioner.where(resolve() is Practitioner)", "Patient"},
      {"reference", "Patient.extension('http://x.org/a').value", "Patient"},
      {"uri", "Patient.meta.profile", "Patient"},
      {"uri", "Patient.extension.url", "Patient"},
  };
  for (const Case& each : cases) {
    const auto checked = check_custom(definition(each.type, each.expression, each.base));
    EXPECT_TRUE(checked) << each.type << " " << each.expression << "\n" << checked.error().line();
  }
}

TEST(CompileCustom, WhatCannotBeIndexedIsToldWithPlaceAndCure) {
  const struct {
    const char *type, *expression, *where, *told;
  } cases[] = {
      {"token", "Patient.colour", "SearchParameter.expression", "colour"},
      {"token", "Patient.name.(", "SearchParameter.expression", "byte"},
      {"token", "Patient.name.nonsense()", "SearchParameter.expression", "nonsense"},
      {"token", "Patient.birthDate |", "SearchParameter.expression", ""},
      {"token", "Observation.code", "SearchParameter.expression", "none of the bases"},
      {"token", "%nothing.code", "SearchParameter.expression", "nothing"},
      {"token", "Patient.id", "SearchParameter.expression", "beside"},
      {"token", "Patient.meta.versionId", "SearchParameter.expression", "beside"},
      {"date", "Patient.meta.lastUpdated", "SearchParameter.expression", "beside"},
      {"date", "Patient.meta.where(tag.exists()).lastUpdated", "SearchParameter.expression", "beside"},
      {"date", "now()", "SearchParameter.expression", "now()"},
      {"string", "Patient.generalPractitioner.resolve().name", "SearchParameter.expression", "resolve()"},
      {"token", "Patient.maritalStatus.memberOf('http://x.org/v')", "SearchParameter.expression", "memberOf()"},
      {"string", "Patient.descendants().ofType(string)", "SearchParameter.expression", "descendants()"},
      // Types that it never has.
      {"quantity", "Patient.birthDate as Quantity", "SearchParameter.expression", "never"},
      {"quantity", "Patient.birthDate.ofType(Quantity)", "SearchParameter.expression", "never"},
      {"date", "Patient.name.where(use = 'official').ofType(Period)", "SearchParameter.expression", "never"},
      {"date", "Patient.deceased as HumanName", "SearchParameter.expression", "never"},
      {"quantity", "Patient.birthDate", "SearchParameter.type", "date"},
      {"token", "Patient.name", "SearchParameter.type", "HumanName"},
      {"string", "Patient.generalPractitioner", "SearchParameter.type", "Reference"},
      {"date", "Patient.name.exists()", "SearchParameter.type", "computed"},
      {"number", "Patient.gender = 'male'", "SearchParameter.type", "computed"},
      {"reference", "Patient.name.count()", "SearchParameter.type", "computed"},
      {"token", "{}", "SearchParameter.type", "nothing"},
  };
  for (const auto& each : cases) {
    const auto checked = check_custom(definition(each.type, each.expression));
    ASSERT_FALSE(checked) << each.type << " " << each.expression;
    const Issue& issue = checked.error();
    EXPECT_EQ(issue.where, each.where) << issue.line();
    EXPECT_NE(issue.what.find(each.told), std::string::npos) << issue.line();
    EXPECT_FALSE(issue.cure.empty() && issue.what.find("byte") == std::string::npos) << issue.line();
  }
}

TEST(CompileCustom, ACodeOfTheStandardStaysTheStandards) {
  CustomDefinition same = definition("date", "Patient.birthDate", "Patient", "birthdate");
  const auto refused = repeats_standard(same);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "SearchParameter.code");
  // The standard's own definition says nothing new.
  const fhir::SearchParameter* standard = fhir::search_parameter("Patient", "birthdate");
  same.url = standard->url;
  same.expression = standard->expression;
  const auto repeated = repeats_standard(same);
  ASSERT_TRUE(repeated) << repeated.error().line();
  EXPECT_TRUE(*repeated);
  EXPECT_FALSE(repeats_standard(definition("token", "Resource.language", "Resource", "status")))
      << "it is a standard one of some of the types";
  const auto free = repeats_standard(definition("token", "Patient.maritalStatus"));
  ASSERT_TRUE(free);
  EXPECT_FALSE(*free);
}

// What clients' parameters brought (quotes in paths, values that are computed) leaves the standard's as they are: these
// alone are no paths; one gives booleans, the other elements.
TEST(CompileCustom, StandardParametersThatAreComputed) {
  std::map<std::string, std::set<std::string>> computed;
  for (const fhir::Type* type : fhir::resource_types()) {
    for (const Indexed& each : plan(type->name)->parameters) {
      if (!each.expression) continue;
      computed[std::string(type->name)].insert(std::string(each.code));
      const fhirpath::Use use = each.expression->use();
      EXPECT_EQ(use.values, each.code == "deceased" ? fhirpath::Use::boolean : fhirpath::Use::none) << each.code;
      EXPECT_EQ(use.gives.empty(), each.code == "deceased") << each.code;
    }
  }
  EXPECT_EQ(computed, (std::map<std::string, std::set<std::string>>{{"Patient", {"deceased"}},
                                                                    {"QuestionnaireResponse", {"item-subject"}}}));
}

}  // namespace
}  // namespace yilian::records
