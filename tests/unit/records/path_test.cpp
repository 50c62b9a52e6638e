#include "engine/records/path.h"

#include <gtest/gtest.h>

#include "engine/records/index_plan.h"
#include "engine/records/parameter_numbers.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

std::vector<std::string> values(const char* type, const char* expression, const char* json) {
  fhir::Arena arena;
  const fhir::Json* resource = *fhir::read_json(json, arena);
  std::vector<std::string> out;
  for (const Path& path : compile_path(*fhir::type(type), expression)) {
    walk(path, *resource, [&](const fhir::Json& value) {
      out.push_back(value.is_object() ? fhir::write_json(value) : std::string(value.text()));
    });
  }
  return out;
}

using Values = std::vector<std::string>;

TEST(Path, StepsListsAndUnions) {
  const char* json = R"({"gender":"male","name":[{"family":"a","given":["b","c"]},{"given":["d"]}]})";
  EXPECT_EQ(values("Patient", "Patient.name.given", json), (Values{"b", "c", "d"}));
  EXPECT_EQ(values("Patient", "Patient.name.family | Patient.gender", json), (Values{"a", "male"}));
  EXPECT_EQ(values("Patient", "Patient.name[1].given", json), (Values{"d"}));
}

TEST(Path, Choices) {
  const char* json = R"({"valueString":"s"})";
  EXPECT_EQ(values("Observation", "Observation.value", json), (Values{"s"}));
  EXPECT_EQ(values("Observation", "(Observation.value as string)", json), (Values{"s"}));
  EXPECT_EQ(values("Observation", "Observation.value.as(string)", json), (Values{"s"}));
  EXPECT_EQ(values("Observation", "Observation.value.ofType(Quantity)", json), (Values{}));
}

TEST(Path, Filters) {
  const char* json = R"({"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"2"}]})";
  EXPECT_EQ(values("Patient", "Patient.telecom.where(system='email').value", json), (Values{"2"}));
  const auto paths = compile_path(*fhir::type("Observation"), "Observation.subject.where(resolve() is Patient)");
  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].target, "Patient");
}

TEST(Path, WhatIsMoreIsRefused) {
  for (const char* expression :
       {"Patient.deceased.exists() and Patient.deceased != false", "Patient.nothing", "Observation.code",
        "Patient.name[", "Patient.name.where(x)", "", "Patient.name.first()"}) {
    EXPECT_TRUE(compile_path(*fhir::type("Patient"), expression).empty()) << expression;
  }
}

// The numbers stand in databases: they must never change.
TEST(IndexPlan, NumbersAreFixed) {
  EXPECT_EQ(type_number("Account"), 1);
  EXPECT_EQ(type_number("Observation"), 96);
  EXPECT_EQ(type_number("Patient"), 103);
  EXPECT_EQ(type_name(type_number("VisionPrescription")), "VisionPrescription");
  EXPECT_EQ(plan("Patient")->find("identifier")->numbers, std::vector{(103U << 7 | 5U) << 1});
  EXPECT_EQ(plan("Observation")->find("date")->numbers, std::vector{(96U << 7 | 18U) << 1});
  EXPECT_EQ(parameter_number("subject"), 3U);
  EXPECT_EQ(parameter_number("link"), 32U);
  EXPECT_EQ(parameter_number("when"), 452U);
  EXPECT_EQ(row_number(96, 452, true), (3U << 16 | (96U << 7 | 68U) << 1) + 1);
  EXPECT_EQ(hash("Patient/1"), resource_key("Patient", "1"));
}

TEST(IndexPlan, EveryTypeHasAPlanAndWhatAChartNeedsIsThere) {
  for (const fhir::Type* type : fhir::resource_types()) ASSERT_NE(plan(type->name), nullptr) << type->name;
  const auto has = [](const char* type, std::vector<const char*> codes) {
    for (const char* code : codes) EXPECT_NE(plan(type)->find(code), nullptr) << type << "." << code;
  };
  has("Patient", {"identifier", "name", "family", "given", "birthdate", "gender", "active", "link", "phone"});
  has("Person", {"identifier", "name", "birthdate", "gender", "link", "patient"});
  has("Observation",
      {"identifier", "subject", "patient", "code", "date", "category", "status", "encounter", "based-on"});
  has("DiagnosticReport", {"identifier", "subject", "patient", "code", "date", "category", "status", "encounter",
                           "based-on", "result", "issued"});
  has("Encounter", {"identifier", "subject", "patient", "date", "status", "class", "type"});
  has("DocumentReference", {"identifier", "subject", "patient", "type", "category", "date", "status", "encounter"});
  has("ServiceRequest", {"identifier", "subject", "patient", "code", "category", "status", "authored", "encounter"});
  has("MedicationRequest", {"identifier", "subject", "patient", "code", "date", "status", "encounter", "authoredon"});
  has("Condition",
      {"subject", "patient", "code", "category", "encounter", "onset-date", "recorded-date", "clinical-status"});
  has("AllergyIntolerance", {"patient", "code", "category", "date", "clinical-status"});
  has("Immunization", {"patient", "date", "status"});
  has("Procedure", {"subject", "patient", "code", "date", "category", "status", "encounter"});
  has("Appointment", {"patient", "date", "status"});
  has("Specimen", {"subject", "patient", "type", "status"});
  has("Organization", {"identifier", "name", "active", "type"});
  has("Practitioner", {"identifier", "name", "family", "given", "gender"});
  has("Coverage", {"patient", "beneficiary", "status", "type"});
  EXPECT_FALSE(plan("Observation")->find("patient")->own);
  EXPECT_EQ(plan("Observation")->find("patient")->target, "Patient");
  EXPECT_EQ(plan("Patient")->happened->code, "birthdate");
}

// Every parameter that R4 defines can be searched by, but for those that no expression is given for.
TEST(IndexPlan, EveryParameterOfR4IsThere) {
  std::vector<std::string> missing;
  for (const fhir::Type* type : fhir::resource_types()) {
    for (const fhir::SearchParameter& parameter : fhir::search_parameters(type->name)) {
      if (!parameter.expression.empty() && parameter.code != "_id" && parameter.code != "_lastUpdated" &&
          plan(type->name)->find(parameter.code) == nullptr)
        missing.push_back(std::string(type->name) + "." + std::string(parameter.code));
    }
  }
  EXPECT_EQ(missing, std::vector<std::string>());
}

TEST(IndexPlan, UnionsShareTheRowsOfTheirParts) {
  const Plan& observation = *plan("Observation");
  const Indexed& combo = *observation.find("combo-code");
  EXPECT_FALSE(combo.own);
  EXPECT_EQ(combo.numbers, (std::vector{observation.find("code")->numbers.front(),
                                        observation.find("component-code")->numbers.front()}));
  const Indexed& composite = *observation.find("combo-code-value-quantity");
  ASSERT_EQ(composite.composites.size(), 2U);
  EXPECT_FALSE(composite.composites[0].repeats);
  EXPECT_EQ(composite.composites[0].components[1].numbers, observation.find("value-quantity")->numbers);
  EXPECT_TRUE(composite.composites[1].repeats);
  EXPECT_NE(composite.composites[1].number, 0U);
}

}  // namespace
}  // namespace yilian::records
