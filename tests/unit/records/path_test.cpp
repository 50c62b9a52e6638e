#include "engine/records/path.h"

#include <gtest/gtest.h>

#include "engine/records/index_plan.h"
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
  EXPECT_EQ(plan("Patient")->find("identifier")->number, (103U << 7 | 5U) << 1);
  EXPECT_EQ(plan("Observation")->find("date")->number, (96U << 7 | 18U) << 1);
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
  EXPECT_TRUE(plan("Observation")->find("patient")->alias);
  EXPECT_EQ(plan("Observation")->find("patient")->target, "Patient");
  EXPECT_EQ(plan("Patient")->happened->code, "birthdate");
}

}  // namespace
}  // namespace yilian::records
