#include "engine/api/capability.h"

#include "engine/api/operation.h"
#include "engine/fhir/check.h"

namespace yilian::api {
namespace {

TEST(Capability, IsValidInEveryMode) {
  for (const char* mode : {"", "full", "normative", "terminology"}) {
    fhir::Arena arena;
    const auto text = capability_statement("http://localhost/fhir", "1.0", mode);
    ASSERT_TRUE(text);
    const auto json = fhir::read_json(*text, arena);
    ASSERT_TRUE(json) << json.error().line();
    const auto issues = fhir::check(**json);
    EXPECT_TRUE(issues.empty()) << mode << ": " << issues.front().line();
  }
  EXPECT_FALSE(capability_statement("http://localhost/fhir", "1.0", "half"));
}

TEST(Capability, WhatClientsDefinedIsListed) {
  const std::vector<records::Defined> defined{
      {"care", "reference", "http://example.org/\"care\"", {"Patient"}, {"Practitioner"}},
      {"sex", "token", "", {"Patient", "Person"}, {}}};
  fhir::Arena arena;
  const auto text = capability_statement("http://localhost/fhir", "1.0", "", defined);
  ASSERT_TRUE(text);
  const auto json = fhir::read_json(*text, arena);
  ASSERT_TRUE(json) << json.error().line();
  EXPECT_TRUE(fhir::check(**json).empty());
  const auto of = [&](std::string_view type) -> const fhir::Json& {
    static const fhir::Json none;
    for (const fhir::Json& each : (*json)->find("rest")->items()[0].find("resource")->items()) {
      if (each.text_at("type") == type) return each;
    }
    ADD_FAILURE() << type;
    return none;
  };
  const auto says = [&](std::string_view type, std::string_view list, std::string_view what) {
    const auto items = of(type).find(list)->items();
    return std::any_of(items.begin(), items.end(), [&](const fhir::Json& item) {
      return item.text() == what || item.text_at("name") == what || item.text_at("definition") == what;
    });
  };
  EXPECT_TRUE(says("Patient", "searchParam", "care"));
  EXPECT_TRUE(says("Patient", "searchParam", "http://example.org/\"care\""));
  EXPECT_TRUE(says("Person", "searchParam", "sex"));
  EXPECT_FALSE(says("Person", "searchParam", "care"));
  EXPECT_TRUE(says("Patient", "searchInclude", "Patient:care"));
  EXPECT_TRUE(says("Practitioner", "searchRevInclude", "Patient:care"));
  EXPECT_FALSE(says("Organization", "searchRevInclude", "Patient:care"));
  // And no longer, once it is gone.
  const auto after = capability_statement("http://localhost/fhir", "1.0");
  EXPECT_EQ(after->find("Patient:care"), std::string::npos);
}

TEST(Capability, OperationsOfOurOwnAreDefined) {
  for (const Operation& operation : operations()) {
    const std::string text = operation_definition(operation.name);
    EXPECT_EQ(text.empty(), operation.url.starts_with("http://hl7.org/")) << operation.name;
    if (text.empty()) continue;
    fhir::Arena arena;
    const auto json = fhir::read_json(text, arena);
    ASSERT_TRUE(json) << json.error().line();
    EXPECT_EQ((*json)->text_at("url"), operation.url);
    const auto issues = fhir::check(**json);
    EXPECT_TRUE(issues.empty()) << operation.name << ": " << issues.front().line();
  }
  EXPECT_TRUE(operation_definition("none").empty());
}

}  // namespace
}  // namespace yilian::api
