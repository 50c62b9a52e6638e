#include "engine/records/custom/custom_parameters.h"

#include "tests/unit/records/custom/custom_fixture.h"

namespace yilian::records {
namespace {

using Ids = std::vector<std::string>;

class CustomParametersTest : public CustomFixture {
 protected:
  void define_ready(const std::string& json) {
    define(json);
    finish();
  }
  // Patients a, b, c with what is given of each.
  void patients(const std::string& a, const std::string& b, const std::string& c) {
    for (const auto& [id, more] : {std::pair("a", a), std::pair("b", b), std::pair("c", c)})
      put(R"({"resourceType":"Patient","id":")" + std::string(id) + "\"" + (more.empty() ? "" : "," + more) + "}");
  }
};

TEST_F(CustomParametersTest, ATokenWithItsModifiers) {
  patients(R"("maritalStatus":{"coding":[{"system":"urn:m","code":"M","display":"Married"}],"text":"已婚"})",
           R"("maritalStatus":{"coding":[{"system":"urn:m","code":"S"}]})", "");
  define_ready(parameter("p", "marital", "token", "Patient.maritalStatus"));
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  EXPECT_EQ(found("Patient", "marital", "urn:m|S,urn:m|M"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "marital", "urn:other|M"), Ids{});
  EXPECT_EQ(found("Patient", "marital:not", "M"), (Ids{"b", "c"}));
  EXPECT_EQ(found("Patient", "marital:missing", "true"), Ids{"c"});
  EXPECT_EQ(found("Patient", "marital:missing", "false"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "marital:text", "married"), Ids{"a"});
  EXPECT_EQ(found("Patient", "_filter", "marital eq M or marital eq S"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "_filter", "not (marital eq M)"), (Ids{"b", "c"}));
  EXPECT_EQ(refusal("Patient", {{"marital:exact", "M"}}), Code::unsupported);
  EXPECT_EQ(refusal("Person", {{"marital", "M"}}), Code::unsupported);
  put(R"({"resourceType":"ValueSet","id":"v","status":"active","url":"http://x.org/v","compose":{"include":[{"system":"urn:m","concept":[{"code":"S"}]}]}})");
  EXPECT_EQ(found("Patient", "marital:in", "http://x.org/v"), Ids{"b"});
  EXPECT_EQ(found("Patient", "marital:not-in", "http://x.org/v"), (Ids{"a", "c"}));
  expect_index_is_exact();
}

TEST_F(CustomParametersTest, IdentifiersOfType) {
  patients(
      R"("contact":[{"extension":[{"url":"http://x.org/id","valueIdentifier":{"type":{"coding":[{"system":"urn:t","code":"MR"}]},"value":"7"}}]}])",
      R"("contact":[{"extension":[{"url":"http://x.org/id","valueIdentifier":{"value":"7"}}]}])", "");
  define_ready(
      parameter("p", "contact-id", "token", "Patient.contact.extension('http://x.org/id').value.ofType(Identifier)"));
  EXPECT_EQ(found("Patient", "contact-id", "7"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "contact-id:of-type", "urn:t|MR|7"), Ids{"a"});
  // The same by FHIRPath.
  define_ready(parameter("p", "contact-id", "token",
                         "Patient.contact.extension.where(url.startsWith('http://x.org/')).value.ofType(Identifier)"));
  EXPECT_EQ(found("Patient", "contact-id", "7"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "contact-id:of-type", "urn:t|MR|7"), Ids{"a"});
}

TEST_F(CustomParametersTest, Strings) {
  patients(R"("contact":[{"name":{"family":"李","given":["四"]}}])", R"("contact":[{"name":{"family":"Schmidt"}}])",
           "");
  define_ready(parameter("p", "contact-name", "string", "Patient.contact.name"));
  EXPECT_EQ(found("Patient", "contact-name", "schm"), Ids{"b"});
  EXPECT_EQ(found("Patient", "contact-name", "李四"), Ids{"a"});
  EXPECT_EQ(found("Patient", "contact-name:exact", "Schmidt"), Ids{"b"});
  EXPECT_EQ(found("Patient", "contact-name:exact", "schmidt"), Ids{});
  EXPECT_EQ(found("Patient", "contact-name:contains", "midt"), Ids{"b"});
  EXPECT_EQ(found("Patient", "_filter", "contact-name co midt"), Ids{"b"});
  EXPECT_EQ(found("Patient", "_filter", "contact-name eq schmidt"), Ids{"b"});
  EXPECT_EQ(ids("Patient", {{"contact-name:missing", "false"}, {"_sort", "contact-name"}}), (Ids{"a", "b"}));
  EXPECT_EQ(ids("Patient", {{"contact-name:missing", "false"}, {"_sort", "-contact-name"}}), (Ids{"b", "a"}));
}

TEST_F(CustomParametersTest, WhatIsComputedIsSearchedByToo) {
  const std::string long_name(300, 'x');
  patients(
      R"("name":[{"given":["Anna","B"],"family":"One"},{"family":"Two"}],"birthDate":"1980-02-03","deceasedBoolean":true)",
      R"("name":[{"given":["Ben"],"family":"One"}],"birthDate":"1990-05-06")",
      R"("name":[{"text":")" + long_name + R"(z"}])");
  define(parameter("p1", "first-name", "string", "Patient.name.select(given.first() & ' ' & family)"));
  define(parameter("p2", "names", "number", "Patient.name.count()"));
  define(parameter("p3", "born", "date", "Patient.birthDate.toString().toDate()"));
  define(parameter("p4", "dead", "token", "Patient.deceased.exists()"));
  define(parameter("p5", "loud", "token", "Patient.name.family.first().upper()"));
  define(parameter("p6", "whole", "string", "Patient.name.text.where($this.length() > 1)"));
  finish();
  EXPECT_EQ(found("Patient", "first-name:exact", "Anna One"), Ids{"a"});
  EXPECT_EQ(found("Patient", "first-name", "ben"), Ids{"b"});
  EXPECT_EQ(found("Patient", "names", "gt1"), Ids{"a"});
  EXPECT_EQ(found("Patient", "names", "1"), (Ids{"b", "c"}));
  EXPECT_EQ(found("Patient", "born", "1980-02"), Ids{"a"});
  EXPECT_EQ(found("Patient", "born", "ge1985"), Ids{"b"});
  EXPECT_EQ(found("Patient", "dead", "true"), Ids{"a"});
  EXPECT_EQ(found("Patient", "dead", "false"), (Ids{"b", "c"}));
  EXPECT_EQ(found("Patient", "loud", "ONE"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "whole:exact", long_name + "z"), Ids{"c"}) << "longer than an index row";
  EXPECT_EQ(found("Patient", "whole:contains", "xz"), Ids{"c"});
  EXPECT_EQ(ids("Patient", {{"_sort", "-born"}}), (Ids{"b", "a", "c"}));
  EXPECT_EQ(ids("Patient", {{"names", "1"}, {"_sort", "first-name"}, {"_id", "a,b"}}), Ids{"b"});
  expect_index_is_exact();
}

TEST_F(CustomParametersTest, DatesNumbersAndQuantitiesWithTheirPrefixes) {
  const auto observation = [&](const std::string& id, const std::string& more) {
    put(R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"text":"x"},)" + more + "}");
  };
  observation("a", R"("valueQuantity":{"value":5,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"})");
  observation("b", R"("valueQuantity":{"value":0.006,"unit":"g","system":"http://unitsofmeasure.org","code":"g"})");
  observation("c", R"("valuePeriod":{"start":"2026-01-05","end":"2026-01-07"})");
  define(parameter("q", "amount", "quantity", "(Observation.value as Quantity)", R"("Observation")"));
  define(parameter("d", "lasts", "date", "Observation.value as Period", R"("Observation")"));
  define(parameter("n", "number", "number", "Observation.value.ofType(Quantity).value", R"("Observation")"));
  finish();
  EXPECT_EQ(found("Observation", "amount", "gt5.5|http://unitsofmeasure.org|mg"), Ids{"b"});
  EXPECT_EQ(found("Observation", "amount", "5||mg"), Ids{"a"});
  EXPECT_EQ(found("Observation", "amount:missing", "true"), Ids{"c"});
  EXPECT_EQ(found("Observation", "lasts", "2026-01"), Ids{"c"});
  EXPECT_EQ(found("Observation", "lasts", "sa2026-01-05"), Ids{});
  EXPECT_EQ(found("Observation", "lasts", "ge2026-01-06"), Ids{"c"});
  EXPECT_EQ(found("Observation", "number", "lt1"), Ids{"b"});
  EXPECT_EQ(found("Observation", "_filter", "number ge 5"), Ids{"a"});
  expect_index_is_exact();
}

TEST_F(CustomParametersTest, AReferenceIsChainedThroughAndIncluded) {
  put(R"({"resourceType":"Practitioner","id":"d","name":[{"family":"Doctor"}]})");
  put(R"({"resourceType":"Organization","id":"o","name":"Clinic"})");
  patients(
      R"("extension":[{"url":"http://x.org/seen","valueReference":{"reference":"Practitioner/d","identifier":{"system":"urn:i","value":"1"}}}])",
      R"("extension":[{"url":"http://x.org/seen","valueReference":{"reference":"Organization/o"}}])", "");
  define_ready(parameter("p", "seen", "reference", "Patient.extension('http://x.org/seen').value", R"("Patient")",
                         R"(,"target":["Practitioner","Organization"])"));
  EXPECT_EQ(found("Patient", "seen", "Practitioner/d"), Ids{"a"});
  EXPECT_EQ(found("Patient", "seen:Organization", "o"), Ids{"b"});
  EXPECT_EQ(found("Patient", "seen:identifier", "urn:i|1"), Ids{"a"});
  EXPECT_EQ(found("Patient", "seen.name", "doctor"), Ids{"a"});
  EXPECT_EQ(found("Patient", "seen:Organization.name", "clinic"), Ids{"b"});
  EXPECT_EQ(found("Practitioner", "_has:Patient:seen:_id", "a"), Ids{"d"});
  EXPECT_EQ(ids("Patient", {{"_id", "a"}, {"_include", "Patient:seen"}}), (Ids{"a", "+d"}));
  EXPECT_EQ(ids("Patient", {{"_id", "a"}, {"_include", "*"}}), (Ids{"a", "+d"}));
  EXPECT_EQ(ids("Practitioner", {{"_revinclude", "Patient:seen"}}), (Ids{"d", "+a"}));
  EXPECT_EQ(ids("Practitioner", {{"_revinclude", "*"}}), (Ids{"d", "+a"}));
  EXPECT_EQ(refusal("Patient", {{"seen", "Location/l"}}), Code::bad_value) << "no target of it";
  // Chained into from a standard one.
  put(R"({"resourceType":"Observation","id":"ob","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"}})");
  EXPECT_EQ(found("Observation", "subject:Patient.seen", "Practitioner/d"), Ids{"ob"});
  EXPECT_EQ(found("Observation", "patient.seen.name", "doctor"), Ids{"ob"});
  expect_index_is_exact();
}

TEST_F(CustomParametersTest, UrisAboveAndBelow) {
  patients(R"("meta":{"profile":["http://x.org/a/b"]})", R"("meta":{"profile":["http://x.org/a"]})", "");
  define_ready(parameter("p", "shape", "uri", "Patient.meta.profile"));
  EXPECT_EQ(found("Patient", "shape", "http://x.org/a"), Ids{"b"});
  EXPECT_EQ(found("Patient", "shape:below", "http://x.org/a"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "shape:above", "http://x.org/a/b"), (Ids{"a", "b"}));
}

TEST_F(CustomParametersTest, ACompositeHoldsWithinOneElement) {
  const auto observation = [&](const std::string& id, const std::string& one, const std::string& other) {
    put(R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"text":"x"},"component":[)" +
        R"({"code":{"coding":[{"code":"sys"}]},"valueQuantity":{"value":)" + one +
        R"(},"dataAbsentReason":{"coding":[{"code":"n"}]}},{"code":{"coding":[{"code":"dia"}]},"valueQuantity":{"value":)" +
        other + R"(},"dataAbsentReason":{"coding":[{"code":"m"}]}}]})");
  };
  observation("a", "120", "80");
  observation("b", "80", "120");
  const std::string code = R"({"definition":"http://hl7.org/fhir/SearchParameter/clinical-code","expression":"code"})";
  define(parameter(
      "p1", "pressure", "composite", "Observation.component", R"("Observation")",
      R"(,"component":[)" + code +
          R"(,{"definition":"http://hl7.org/fhir/SearchParameter/Observation-component-value-quantity","expression":"value as Quantity"}])"));
  define(parameter(
      "p2", "why", "composite", "Observation.component", R"("Observation")",
      R"(,"component":[)" + code +
          R"(,{"definition":"http://hl7.org/fhir/SearchParameter/Observation-component-data-absent-reason","expression":"dataAbsentReason"}])"));
  // Of two parts that a client defined.
  define(parameter("p3", "status-word", "token", "Observation.status", R"("Observation")"));
  define(parameter(
      "p4", "both", "composite", "Observation", R"("Observation")",
      R"(,"component":[{"definition":"http://example.org/p3","expression":"status"},{"definition":"http://hl7.org/fhir/SearchParameter/clinical-code","expression":"code"}])"));
  finish();
  EXPECT_EQ(found("Observation", "pressure", "sys$gt100"), Ids{"a"});
  EXPECT_EQ(found("Observation", "pressure", "dia$gt100"), Ids{"b"});
  EXPECT_EQ(found("Observation", "why", "sys$n"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Observation", "why", "sys$m"), Ids{});
  put(R"({"resourceType":"Observation","id":"c","status":"amended","code":{"coding":[{"code":"z"}]}})");
  EXPECT_EQ(found("Observation", "both", "amended$z"), Ids{"c"});
  EXPECT_EQ(found("Observation", "both", "final$z"), Ids{});
  expect_index_is_exact();
}

TEST_F(CustomParametersTest, OfAllTypes) {
  patients(R"("language":"zh")", R"("language":"en")", "");
  put(R"({"resourceType":"Basic","id":"x","language":"zh","code":{"text":"x"}})");
  put(R"({"resourceType":"Binary","id":"y","language":"zh","contentType":"text/plain"})");
  define(parameter("p", "tongue", "token", "Resource.language", R"("Resource")"));
  define(parameter("q", "told", "token", "DomainResource.text.status", R"("DomainResource")"));
  finish();
  EXPECT_EQ(found("Patient", "tongue", "zh"), Ids{"a"});
  EXPECT_EQ(found("", "tongue", "zh"), (Ids{"a", "x", "y"}));
  EXPECT_EQ(found("Binary", "tongue", "zh"), Ids{"y"});
  EXPECT_EQ(refusal("Binary", {{"told", "generated"}}), Code::unsupported) << "no DomainResource";
  expect_index_is_exact();
}

TEST_F(CustomParametersTest, WhatADefinitionAllowsIsHeldTo) {
  put(R"({"resourceType":"Practitioner","id":"d","name":[{"family":"Doctor"}],"active":true})");
  patients(
      R"("birthDate":"1980-01-01","maritalStatus":{"text":"x","coding":[{"code":"M"}]},"generalPractitioner":[{"reference":"Practitioner/d"}])",
      "", "");
  define(parameter("p", "marital", "token", "Patient.maritalStatus", R"("Patient")",
                   R"(,"multipleOr":false,"multipleAnd":false,"modifier":["missing","not"])"));
  define(parameter("q", "born", "date", "Patient.birthDate", R"("Patient")", R"(,"comparator":["ge","lt"])"));
  define(parameter("r", "doctor", "reference", "Patient.generalPractitioner", R"("Patient")", R"(,"chain":["name"])"));
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  EXPECT_EQ(found("Patient", "marital:not", "M"), (Ids{"b", "c"}));
  EXPECT_EQ(refusal("Patient", {{"marital:text", "x"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"marital", "M,S"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"marital", "M"}, {"marital:not", "S"}}), Code::unsupported);
  EXPECT_EQ(found("Patient", "born", "ge1970"), Ids{"a"});
  EXPECT_EQ(found("Patient", "born", "1980"), Ids{"a"});
  EXPECT_EQ(refusal("Patient", {{"born", "gt1970"}}), Code::unsupported);
  EXPECT_EQ(found("Patient", "doctor.name", "doc"), Ids{"a"});
  EXPECT_EQ(refusal("Patient", {{"doctor.active", "true"}}), Code::unsupported);
  EXPECT_EQ(found("Patient", "_filter", "born gt 1970-01-01"), Ids{"a"}) << "_filter has words of its own";
  // What is allowed changes without anything being indexed anew.
  define(parameter("q", "born", "date", "Patient.birthDate", R"("Patient")", R"(,"comparator":["gt"])"));
  EXPECT_EQ(found("Patient", "born", "gt1970"), Ids{"a"});
  EXPECT_EQ(refusal("Patient", {{"born", "ge1970"}}), Code::unsupported);
}

TEST_F(CustomParametersTest, WhereAnExpressionCannotBeEvaluatedNothingIsAnswered) {
  patients(R"("name":[{"family":"One"}])", R"("name":[{"family":"Two"}])", "");
  define_ready(parameter("p", "lone", "string", "Patient.name.single().family"));
  EXPECT_EQ(found("Patient", "lone", "one"), Ids{"a"});
  put(R"({"resourceType":"Patient","id":"d","name":[{"family":"Three"},{"family":"Four"}]})");
  for (const Parameters& asked :
       {Parameters{{"lone", "one"}}, Parameters{{"lone:missing", "true"}}, Parameters{{"_sort", "lone"}}}) {
    const auto refused = search("Patient", asked);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unsupported);
    EXPECT_FALSE(refused.error().cure.empty());
  }
  ASSERT_EQ(progress().size(), 1U);
  EXPECT_EQ(progress().front().not_evaluated, 1U);
  EXPECT_EQ(found("Patient", "family", "three"), Ids{"d"}) << "others are not held up";
  expect_index_is_exact();
  put(R"({"resourceType":"Patient","id":"d","name":[{"family":"Three"}]})");
  EXPECT_EQ(found("Patient", "lone", "three"), Ids{"d"});
  EXPECT_EQ(progress().front().not_evaluated, 0U);
}

TEST_F(CustomParametersTest, AnExpressionThatNeverEndsIsEnded) {
  std::string given;
  for (int i = 0; i < 300; ++i) given.append(i > 0 ? "," : "").append("\"g").append(std::to_string(i)).append("\"");
  patients(R"("name":[{"given":[)" + given + "]}]", R"("name":[{"given":["x","y"]}])", "");
  define(parameter(
      "p", "dear", "token",
      "Patient.name.given.select($this & 'x').where($this in %resource.name.given.select($this & 'x')).count() > 1"));
  const auto begin = std::chrono::steady_clock::now();
  finish();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(progress().front().not_evaluated, 1U);
  EXPECT_EQ(refusal("Patient", {{"dear", "true"}}), Code::unsupported);
  remove("Patient", "a");
  EXPECT_EQ(found("Patient", "dear", "true"), Ids{"b"});
}

TEST_F(CustomParametersTest, WhatIsReadyIsToldToTheCapabilityStatement) {
  patients("", "", "");
  define(parameter("p", "sex", "token", "Patient.gender | Person.gender", R"("Patient","Person")"));
  const auto defined = [&] {
    return database_->read([](database::Connection& reader) { return defined_parameters(reader); });
  };
  EXPECT_TRUE(defined().empty());
  finish();
  ASSERT_EQ(defined().size(), 1U);
  EXPECT_EQ(defined().front(), (Defined{"sex", "token", "http://example.org/p", {"Patient", "Person"}, {}}));
}

}  // namespace
}  // namespace yilian::records
