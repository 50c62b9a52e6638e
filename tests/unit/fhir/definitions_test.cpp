#include "engine/fhir/definitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "engine/fhir/definitions_reader.h"

namespace yilian::fhir {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(Definitions, HoldsAllTypesOfR4) {
  EXPECT_EQ(resource_types().size(), 146u);  // hl7.org/fhir/R4/resourcelist.html
  EXPECT_TRUE(std::ranges::is_sorted(resource_types(), {}, &Type::name));
  for (const Type* each : resource_types()) {
    EXPECT_TRUE(is_resource_type(each->name));
    EXPECT_EQ(resource_type(each->name), each);
    EXPECT_EQ(resource_types()[each->number - 1U], each);
    EXPECT_FALSE(each->abstract_type);
    ASSERT_GE(each->elements.size(), 4u);
    EXPECT_EQ(each->elements[0].name, "id");
    EXPECT_EQ(each->elements[0].types[0]->name, "id");
    EXPECT_EQ(each->elements[1].name, "meta");
  }
  EXPECT_FALSE(is_resource_type("Resource"));
  EXPECT_FALSE(is_resource_type("DomainResource"));
  EXPECT_FALSE(is_resource_type("HumanName"));
  EXPECT_FALSE(is_resource_type("patient"));
  EXPECT_EQ(resource_type(""), nullptr);
  EXPECT_EQ(type("HumanName")->number, 0);
  EXPECT_EQ(type("Nothing"), nullptr);
  EXPECT_EQ(type(""), nullptr);
  EXPECT_TRUE(type("DomainResource")->abstract_type);
  EXPECT_EQ(type("Patient")->base, type("DomainResource"));
  EXPECT_EQ(type("Bundle")->base, type("Resource"));
  EXPECT_EQ(type("Age")->base, type("Quantity"));
  EXPECT_EQ(type("Patient.contact")->kind, Type::Kind::backbone);
  EXPECT_EQ(type("string")->kind, Type::Kind::primitive);
  EXPECT_EQ(type("HumanName")->kind, Type::Kind::complex);
}

TEST(Definitions, DescribesElements) {
  const Type* patient = type("Patient");
  const Element* name = patient->find("name");
  ASSERT_TRUE(name);
  EXPECT_TRUE(name->list);
  EXPECT_TRUE(name->summary);
  EXPECT_FALSE(name->required);
  EXPECT_FALSE(name->choice);
  EXPECT_EQ(name->types[0], type("HumanName"));
  EXPECT_FALSE(patient->find("birthDate")->list);
  EXPECT_TRUE(patient->find("active")->modifier);
  EXPECT_THAT(patient->find("gender")->codes, ElementsAre("female", "male", "other", "unknown"));
  EXPECT_EQ(patient->find("gender")->binding, "required http://hl7.org/fhir/ValueSet/administrative-gender");
  EXPECT_EQ(patient->find("maritalStatus")->binding, "extensible http://hl7.org/fhir/ValueSet/marital-status");
  EXPECT_TRUE(patient->find("maritalStatus")->codes.empty());
  EXPECT_THAT(patient->find("generalPractitioner")->targets,
              ElementsAre("Organization", "Practitioner", "PractitionerRole"));
  EXPECT_EQ(patient->find("contact")->types[0], type("Patient.contact"));
  EXPECT_EQ(patient->find("nothing"), nullptr);
  EXPECT_TRUE(type("Observation")->find("status")->required);
  EXPECT_TRUE(type("Extension")->find("url")->required);
  EXPECT_EQ(type("Extension")->find("url")->types[0], type("uri"));
  EXPECT_TRUE(type("Bundle.entry")->find("resource")->types[0]->abstract_type);
}

TEST(Definitions, OrdersMatchPositions) {
  for (const Type* each : resource_types()) {
    for (std::size_t i = 0; i < each->elements.size(); ++i) EXPECT_EQ(each->elements[i].order, i) << each->name;
  }
  const Type* patient = type("Patient");
  EXPECT_LT(patient->find("text")->order, patient->find("identifier")->order);
  EXPECT_LT(patient->find("name")->order, patient->find("birthDate")->order);
}

TEST(Definitions, FollowsContentReferences) {
  EXPECT_EQ(type("Bundle.entry")->find("link")->types[0], type("Bundle.link"));
  EXPECT_EQ(type("Parameters.parameter")->find("part")->types[0], type("Parameters.parameter"));
  EXPECT_EQ(type("Questionnaire.item")->find("item")->types[0], type("Questionnaire.item"));
  EXPECT_EQ(type("Observation.component")->find("referenceRange")->types[0], type("Observation.referenceRange"));
}

TEST(Definitions, ExpandsRequiredValueSets) {
  EXPECT_THAT(type("Condition")->find("clinicalStatus")->codes, Contains("resolved"));  // nested below inactive
  EXPECT_THAT(type("Condition")->find("clinicalStatus")->systems,
              ElementsAre("http://terminology.hl7.org/CodeSystem/condition-clinical"));
  EXPECT_THAT(type("Immunization")->find("status")->codes, ElementsAre("completed", "entered-in-error", "not-done"));
  EXPECT_THAT(type("Timing.repeat")->find("periodUnit")->codes, Contains("wk"));
  EXPECT_THAT(type("Timing.repeat")->find("when")->codes, Contains("AC"));
  EXPECT_EQ(type("SearchParameter")->find("base")->codes.size(), 148u);
  EXPECT_TRUE(type("Attachment")->find("contentType")->codes.empty());  // all of BCP 13
  for (const Type* each : resource_types()) {
    for (const Element& element : each->elements)
      EXPECT_TRUE(std::ranges::is_sorted(element.codes)) << each->name << "." << element.name;
  }
}

TEST(Definitions, NamesChoicesInJson) {
  const Type* observation = type("Observation");
  const Element* value = observation->find("value");
  ASSERT_TRUE(value && value->choice);
  EXPECT_EQ(value->types.size(), 11u);
  EXPECT_EQ(json_name(*value, *type("Quantity")), "valueQuantity");
  EXPECT_EQ(json_name(*value, *type("dateTime")), "valueDateTime");
  EXPECT_EQ(json_name(*value, *type("Attachment")), "");
  EXPECT_EQ(json_name(*observation->find("status"), *type("code")), "status");
  const Found found = find_json(*observation, "valueCodeableConcept");
  EXPECT_EQ(found.element, value);
  EXPECT_EQ(found.type, type("CodeableConcept"));
  for (const std::string_view none :
       {"value", "value[x]", "valueAttachment", "valuequantity", "_status", "resourceType", "", "statu", "statuss"}) {
    EXPECT_EQ(find_json(*observation, none).element, nullptr) << none;
  }
}

TEST(Definitions, FindsEveryMemberOfEveryType) {
  for (const Type* each : resource_types()) {
    std::set<std::string_view> names;
    for (const Element& element : each->elements) {
      ASSERT_EQ(element.types.size(), element.json_names.size());
      for (std::size_t i = 0; i < element.types.size(); ++i) {
        EXPECT_TRUE(names.insert(element.json_names[i]).second);
        const Found found = find_json(*each, element.json_names[i]);
        EXPECT_EQ(found.element, &element);
        EXPECT_EQ(found.type, element.types[i]);
      }
    }
  }
}

std::string_view expression(std::string_view type, std::string_view code) {
  const SearchParameter* found = search_parameter(type, code);
  return found ? found->expression : "none";
}

TEST(SearchParameters, HaveTheirOwnPartOfAnExpression) {
  EXPECT_EQ(expression("Observation", "patient"), "Observation.subject.where(resolve() is Patient)");
  EXPECT_EQ(expression("Immunization", "patient"), "Immunization.patient");
  EXPECT_EQ(expression("AllergyIntolerance", "code"),
            "AllergyIntolerance.code | AllergyIntolerance.reaction.substance");
  EXPECT_EQ(expression("MedicationRequest", "code"), "(MedicationRequest.medication as CodeableConcept)");
  EXPECT_EQ(expression("Patient", "family"), "Patient.name.family");
  EXPECT_EQ(expression("InsurancePlan", "name"), "InsurancePlan.name | InsurancePlan.alias");
  EXPECT_EQ(expression("Observation", "combo-value-quantity"),
            "(Observation.value as Quantity) | (Observation.value as SampledData) | (Observation.component.value as "
            "Quantity) | "
            "(Observation.component.value as SampledData)");
  EXPECT_EQ(expression("Patient", "nothing"), "none");
  EXPECT_EQ(expression("Nothing", "patient"), "none");
}

TEST(SearchParameters, KnowKindTargetsAndUrl) {
  const SearchParameter* subject = search_parameter("Observation", "subject");
  ASSERT_TRUE(subject);
  EXPECT_EQ(subject->kind, SearchParameter::Kind::reference);
  EXPECT_THAT(subject->targets, Contains("Patient"));
  EXPECT_EQ(subject->url, "http://hl7.org/fhir/SearchParameter/Observation-subject");
  EXPECT_EQ(search_parameter("Patient", "birthdate")->url, "http://hl7.org/fhir/SearchParameter/individual-birthdate");
  EXPECT_EQ(search_parameter("Patient", "birthdate")->kind, SearchParameter::Kind::date);
  EXPECT_TRUE(search_parameter("Task", "focus")->targets.empty());  // any
}

TEST(SearchParameters, IncludeThoseOfEveryResource) {
  for (const Type* each : resource_types()) {
    for (const std::string_view code :
         {"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_content"}) {
      EXPECT_TRUE(search_parameter(each->name, code)) << each->name << " " << code;
    }
    EXPECT_EQ(search_parameter(each->name, "_text") != nullptr,
              each->base == type("DomainResource") || each->base->base == type("DomainResource"))
        << each->name;
    for (const SearchParameter& parameter : search_parameters(each->name)) {
      EXPECT_EQ(search_parameter(each->name, parameter.code), &parameter) << each->name << " " << parameter.code;
    }
  }
  EXPECT_TRUE(search_parameter("Resource", "_id"));
  EXPECT_FALSE(search_parameter("Resource", "_text"));
}

TEST(SearchParameters, ExpressionsBeginWithTheirType) {
  for (const Type* each : resource_types()) {
    for (const SearchParameter& parameter : search_parameters(each->name)) {
      std::string_view text = parameter.expression;
      if (text.empty()) continue;
      while (text.starts_with('(')) text.remove_prefix(1);
      const std::string_view head = text.substr(0, text.find_first_of(". "));
      EXPECT_TRUE(head == each->name || head == "Resource" || head == "DomainResource")
          << each->name << " " << parameter.code << ": " << parameter.expression;
    }
  }
}

TEST(SearchParameters, ListTheComponentsOfComposites) {
  const SearchParameter* composite = search_parameter("Observation", "code-value-quantity");
  ASSERT_TRUE(composite);
  EXPECT_EQ(composite->kind, SearchParameter::Kind::composite);
  ASSERT_EQ(composite->components.size(), 2u);
  EXPECT_EQ(composite->components[0].url, "http://hl7.org/fhir/SearchParameter/clinical-code");
  EXPECT_EQ(composite->components[0].expression, "code");
  EXPECT_EQ(composite->components[1].expression, "value.as(Quantity)");
  for (const Type* each : resource_types()) {
    for (const SearchParameter& parameter : search_parameters(each->name)) {
      EXPECT_EQ(parameter.components.size() >= 2, parameter.kind == SearchParameter::Kind::composite) << parameter.url;
      for (const SearchParameter::Component& component : parameter.components) {
        EXPECT_THAT(search_parameters(each->name), Contains(::testing::Field(&SearchParameter::url, component.url)))
            << parameter.url;
      }
    }
  }
}

TEST(DefinitionsReader, RefusesWhatIsNotInTheFormat) {
  for (const std::string_view text :
       {"X\tno such line\n", "T\tz\tThing\t\n", "T\tr\tThing\tNothing\n", "T\tp\tThing\t\n", "E\tname\t\tstring\t\t\n",
        "T\tr\tThing\t\nE\tname\t\tNothing\t\t\n", "T\tr\tThing\t\nE\tname\t\t\t\t\n", "T\tr\tThing\t\nT\tr\tThing\t\n",
        "T\tr\tThing\t\nE\tself\t\tThing\t\t0\n", "T\tr\tThing\t\nP\tThing\tcode\tnothing\t\t\t\n",
        "T\tr\tThing\t\nP\tThing\tcode\ttoken\t\t\t\nP\tThing\tcode\ttoken\t\t\t\n", "C\tx\ty\n",
        "B\ta\tb\tc\td\te\tf\tg\th\n", "T\tr\tB\tA\nT\tr\tA\t\n"}) {
    Definitions definitions;
    EXPECT_THROW(read_definitions(text, definitions), std::logic_error) << text;
  }
}

}  // namespace
}  // namespace yilian::fhir
