#include "engine/fhir/check.h"

#include <gtest/gtest.h>

namespace yilian::fhir {
namespace {

// "where: what" of each issue, one a line.
std::string issues(std::string_view json, std::size_t limit = 20) {
  Arena arena;
  const Result<Json*> read = read_json(json, arena);
  if (!read) return "refused: " + read.error().line();
  std::string text;
  for (const Issue& issue : check(**read, limit)) text += issue.where + ": " + issue.what + "\n";
  return text;
}

std::string patient(std::string_view more) { return issues(R"({"resourceType":"Patient",)" + std::string(more) + "}"); }
std::string observation(std::string_view more) {
  return issues(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},)" + std::string(more) + "}");
}

TEST(Check, TakesAValidResource) {
  EXPECT_EQ(
      patient(
          R"("id":"p1","meta":{"lastUpdated":"2024-02-29T10:00:00+08:00"},"text":{"status":"generated","div":"<div>x</div>"},
    "extension":[{"url":"http://e","valueString":"x"}],"active":true,"name":[{"family":"张","given":["三","四"]}],"gender":"male",
    "birthDate":"1990-01-01","_birthDate":{"extension":[{"url":"http://t","valueDateTime":"1990-01-01T10:00:00Z"}]},
    "multipleBirthInteger":2,"generalPractitioner":[{"reference":"Practitioner/1"}])"),
      "");
}

TEST(Check, WantsAResource) {
  EXPECT_EQ(issues("[]"), "resource: A resource has to be a JSON object\n");
  EXPECT_EQ(issues("{}"), "resource: A resource without resourceType\n");
  EXPECT_EQ(issues(R"({"resourceType":"Nobody"})"),
            "resource.resourceType: \"Nobody\" is no resource type of FHIR R4\n");
  EXPECT_EQ(issues(R"({"resourceType":"DomainResource"})"),
            "resource.resourceType: \"DomainResource\" is no resource type of FHIR R4\n");
  EXPECT_EQ(issues(R"({"resourceType":7})"), "resource.resourceType: \"7\" is no resource type of FHIR R4\n");
  EXPECT_EQ(issues(R"({"resourceType":"Patient"})"), "");
}

TEST(Check, RefusesUnknownMembers) {
  EXPECT_EQ(patient(R"("nom":1)"), "Patient.nom: \"nom\" is no element of Patient\n");
  EXPECT_EQ(patient(R"("name":[{"x":1}])"), "Patient.name[0].x: \"x\" is no element of HumanName\n");
  EXPECT_EQ(patient(R"("_name":[{"id":"1"}])"), "Patient._name: \"name\" is no primitive element of Patient\n");
  EXPECT_EQ(patient(R"("contact":[{"resourceType":"Patient"}])"),
            "Patient.contact[0].resourceType: \"resourceType\" is no element of Patient.contact\n");
  EXPECT_EQ(observation(R"("value":1)"), "Observation.value: \"value\" is no element of Observation\n");
}

TEST(Check, WantsTheRightKind) {
  EXPECT_EQ(patient(R"("active":"true")"), "Patient.active: Has to be true or false (boolean), not a string\n");
  EXPECT_EQ(patient(R"("birthDate":1990)"), "Patient.birthDate: Has to be a string (date), not a number\n");
  EXPECT_EQ(patient(R"("multipleBirthInteger":"2")"),
            "Patient.multipleBirthInteger: Has to be a number (integer), not a string\n");
  EXPECT_EQ(patient(R"("name":{"text":"x"})"), "Patient.name: May repeat: has to be an array, not an object\n");
  EXPECT_EQ(patient(R"("gender":["male"])"), "Patient.gender: Cannot repeat: an array is not allowed here\n");
  EXPECT_EQ(patient(R"("maritalStatus":"M")"),
            "Patient.maritalStatus: Has to be an object (CodeableConcept), not a string\n");
  EXPECT_EQ(patient(R"("birthDate":null)"), "Patient.birthDate: Has to be a string (date), not null\n");
  EXPECT_EQ(patient(R"("name":[null])"), "Patient.name[0]: Has to be an object (HumanName), not null\n");
}

TEST(Check, RefusesWhatIsEmpty) {
  EXPECT_EQ(patient(R"("name":[])"), "Patient.name: An empty array\n");
  EXPECT_EQ(patient(R"("name":[{}])"), "Patient.name[0]: An empty object\n");
  EXPECT_EQ(patient(R"("name":[{"family":""}])"), "Patient.name[0].family: An empty string\n");
}

TEST(Check, WantsWhatIsRequired) {
  EXPECT_EQ(issues(R"({"resourceType":"Observation","code":{"text":"x"}})"), "Observation: Needs status\n");
  EXPECT_EQ(issues(R"({"resourceType":"Observation"})"), "Observation: Needs status\nObservation: Needs code\n");
  EXPECT_EQ(patient(R"("link":[{"type":"refer"}])"), "Patient.link[0]: Needs other\n");
  EXPECT_EQ(issues(R"({"resourceType":"MedicationStatement","status":"active","subject":{"reference":"Patient/1"}})"),
            "MedicationStatement: Needs medication[x]\n");
  // A primitive that says why it has no value is there.
  EXPECT_EQ(
      issues(
          R"({"resourceType":"Observation","code":{"text":"x"},"_status":{"extension":[{"url":"http://r","valueCode":"unknown"}]}})"),
      "");
}

TEST(Check, TakesOneTypeOfAChoice) {
  EXPECT_EQ(observation(R"("valueString":"x")"), "");
  EXPECT_EQ(observation(R"("valueString":"x","valueInteger":1)"),
            "Observation.valueInteger: value[x] is given twice\n");
  EXPECT_EQ(observation(R"("valueString":"x","_valueString":{"id":"1"})"), "");
  EXPECT_EQ(observation(R"("valueString":"x","_valueInteger":{"id":"1"})"),
            "Observation._valueInteger: value[x] is given twice\n");
  EXPECT_EQ(observation(R"("_valueInteger":{"id":"1"},"valueString":"x")"),
            "Observation._valueInteger: value[x] is given twice\n");
  EXPECT_EQ(observation(R"("_valueInteger":{"id":"1"},"_valueString":{"id":"1"})"),
            "Observation._valueString: Given twice\n");
}

TEST(Check, RefusesMembersAddedTwice) {
  Arena arena;
  Json root;
  root.set_object();
  root.add(arena, "resourceType").set_string("Patient");
  root.add(arena, "active").set_boolean(true);
  root.add(arena, "active").set_boolean(false);
  const std::vector<Issue> found = check(root);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where, "Patient.active");
  EXPECT_EQ(found[0].what, "Given twice");
}

TEST(Check, ReadsPrimitives) {
  EXPECT_EQ(patient(R"("birthDate":"1990-02-30")"), "Patient.birthDate: \"1990-02-30\" is no valid date\n");
  EXPECT_EQ(patient(R"("id":"a b")"), "Patient.id: \"a b\" is no valid id\n");
  EXPECT_EQ(patient(R"("multipleBirthInteger":1.5)"), "Patient.multipleBirthInteger: \"1.5\" is no valid integer\n");
  EXPECT_EQ(patient(R"("name":[{"given":["a","\u0001"]}])"), "Patient.name[0].given[1]: \"\x01\" is no valid string\n");
}

TEST(Check, KnowsRequiredCodes) {
  EXPECT_EQ(patient(R"("gender":"M")"), "Patient.gender: \"M\" is none of the codes allowed here\n");
  constexpr std::string_view condition =
      R"({"resourceType":"Condition","subject":{"reference":"Patient/1"},"clinicalStatus":)";
  const auto status = [&](std::string_view value) { return issues(std::string(condition) + std::string(value) + "}"); };
  constexpr std::string_view kWrong = "Condition.clinicalStatus: No code of the value set required here\n";
  EXPECT_EQ(
      status(R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]})"),
      "");
  EXPECT_EQ(
      status(
          R"({"coding":[{"system":"http://local","code":"9"},{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved"}]})"),
      "");
  EXPECT_EQ(status(R"({"coding":[{"system":"http://local","code":"active"}]})"), kWrong);
  EXPECT_EQ(status(R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"A"}]})"),
            kWrong);
  EXPECT_EQ(status(R"({"text":"active"})"), kWrong);
  EXPECT_EQ(
      status(
          R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]})"),
      "");
}

TEST(Check, PadsListsOfPrimitives) {
  const auto name = [](std::string_view more) { return patient("\"name\":[{" + std::string(more) + "}]"); };
  EXPECT_EQ(name(R"("given":["a",null],"_given":[null,{"id":"1"}])"), "");
  EXPECT_EQ(name(R"("_given":[{"id":"1"}])"), "");
  EXPECT_EQ(name(R"("given":["a",null])"), "Patient.name[0].given[1]: null without an extension to say why\n");
  EXPECT_EQ(name(R"("given":["a",null],"_given":[{"id":"1"},null])"),
            "Patient.name[0].given[1]: null without an extension to say why\n");
  EXPECT_EQ(name(R"("given":["a"],"_given":[null,{"id":"1"}])"),
            "Patient.name[0]._given: Has to have as many items as the array of the values\n");
  EXPECT_EQ(name(R"("_given":[null,{"id":"1"}])"),
            "Patient.name[0]._given[0]: null, and there is no value for it either\n");
  EXPECT_EQ(name(R"("given":["a"],"_given":{"id":"1"})"),
            "Patient.name[0]._given: Has to be an array, as the element may repeat\n");
  EXPECT_EQ(name(R"("given":["a"],"_given":[])"), "Patient.name[0]._given: An empty array\n");
  EXPECT_EQ(name(R"("given":["a"],"_given":[{"value":"b"}])"),
            "Patient.name[0]._given[0].value: \"value\" is no element of string\n");
  EXPECT_EQ(patient(R"("_birthDate":[{"id":"1"}])"), "Patient._birthDate: Has to be an object (date), not an array\n");
}

TEST(Check, ReadsReferences) {
  const auto subject = [](std::string_view text) {
    return observation("\"subject\":{\"reference\":\"" + std::string(text) + "\"}");
  };
  for (const std::string_view text : {"Patient/1", "#p", "http://a/fhir/Patient/1",
                                      "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "Patient?identifier=1"}) {
    EXPECT_EQ(subject(text), "");
  }
  EXPECT_EQ(subject("1"), "Observation.subject.reference: \"1\" is no reference\n");
  EXPECT_EQ(subject("Practitioner/1"),
            "Observation.subject.reference: A reference to Practitioner cannot stand here\n");
  EXPECT_EQ(observation(R"("subject":{"display":"x"},"focus":[{"reference":"Practitioner/1"}])"), "");
}

TEST(Check, GoesIntoContainedResources) {
  EXPECT_EQ(patient(R"("contained":[{"resourceType":"Organization","id":"o","name":"x"}])"), "");
  EXPECT_EQ(
      patient(R"("contained":[{"resourceType":"Organization","id":"o"},{"resourceType":"Organization","nom":"x"}])"),
      "Patient.contained[1].nom: \"nom\" is no element of Organization\n");
  EXPECT_EQ(patient(R"("contained":[{"id":"o"}])"), "Patient.contained[0]: A resource without resourceType\n");
  EXPECT_EQ(
      patient(
          R"("contained":[{"resourceType":"Group","type":"person","actual":true,"contained":[{"resourceType":"Basic","code":{"text":"x"}}]}])"),
      "Patient.contained[0].contained: A contained resource cannot contain others\n");
}

TEST(Check, GoesIntoBundlesAndParameters) {
  EXPECT_EQ(
      issues(
          R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","active":true},
    "request":{"method":"POST","url":"Patient"}}]})"),
      "");
  EXPECT_EQ(
      issues(
          R"({"resourceType":"Bundle","type":"collection","entry":[{"link":[{"relation":"self","url":"x"}]},{"resource":{"resourceType":"Patient","gender":"x"}}]})"),
      "Bundle.entry[1].resource.gender: \"x\" is none of the codes allowed here\n");
  EXPECT_EQ(
      issues(
          R"({"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","resource":{"resourceType":"Patient","x":1}}]}]})"),
      "Parameters.parameter[0].part[0].resource.x: \"x\" is no element of Patient\n");
}

TEST(Check, StopsAtItsLimit) {
  std::string many = R"({"resourceType":"Patient")";
  for (int i = 0; i < 50; ++i) many += ",\"x" + std::to_string(i) + "\":1";
  const std::string all = issues(many + "}");
  EXPECT_EQ(std::ranges::count(all, '\n'), 20);
  const std::string few = issues(many + "}", 3);
  EXPECT_EQ(std::ranges::count(few, '\n'), 3);
}

TEST(Check, BoundsDepth) {
  std::string text = R"({"resourceType":"Patient","extension":[)";
  for (int i = 0; i < 200; ++i) text += R"({"url":"x","extension":[)";
  text += R"({"url":"x"})";
  for (int i = 0; i < 200; ++i) text += "]}";
  text += "]}";
  Arena arena;
  const Result<Json*> read = read_json(text, arena, {.depth = kDeepest});
  ASSERT_TRUE(read) << read.error().line();
  const std::vector<Issue> found = check(**read);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, Code::too_deep);
}

TEST(Check, CutsLongValuesBetweenCharacters) {
  std::string date;
  for (int i = 0; i < 60; ++i) date += "张";
  const std::string text = patient("\"birthDate\":\"" + date + "\"");
  EXPECT_LT(text.size(), 160u);
  Arena arena;
  EXPECT_TRUE(read_json("\"" + text.substr(text.find("张"), text.rfind("\" is") - text.find("张")) + "\"", arena));
}

TEST(Check, SortsAndWritesInTheSameWalk) {
  for (const std::string_view json : {
           R"({"birthDate":"1990","name":[{"given":["b"],"family":"a"}],"id":"1","resourceType":"Patient"})",
           R"({"_birthDate":{"extension":[{"valueString":"x","url":"u"}]},"resourceType":"Patient","birthDate":"1990"})",
           R"({"name":[{"_given":[null,{"id":"a"}],"given":["a\"\\\n",null]}],"multipleBirthInteger":2,"active":true,"resourceType":"Patient"})",
           R"({"entry":[{"resource":{"active":true,"contained":[{"name":"x","resourceType":"Organization"}],"resourceType":"Patient"},"fullUrl":"u"}],"type":"batch","resourceType":"Bundle"})",
           R"({"_given":[{}],"zz":1,"birthDate":"x","name":[{"given":[1],"use":"no"}],"resourceType":"Patient"})",
           R"({"birthDate":"x","resourceType":"Nobody"})", "[]"}) {
    Arena arena;
    Json* apart = *read_json(json, arena);
    Json* together = *read_json(json, arena);
    sort_members(*apart);
    std::string written;
    for (const std::size_t limit : {1U, 20U}) {
      written.clear();
      const std::vector<Issue> expected = check(*apart, limit), got = sort_check_write(*together, written, limit);
      ASSERT_EQ(got.size(), expected.size()) << json;
      for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i].line(), expected[i].line());
    }
    if (check(*apart).empty()) {
      EXPECT_EQ(write_json(*together), write_json(*apart));
      EXPECT_EQ(written, write_json(*apart));
    }
  }
}

}  // namespace
}  // namespace yilian::fhir
