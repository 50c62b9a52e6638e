// Where items stand: what an Issue says of them, and what a patch changes.

#include "tests/unit/fhirpath/fixture.h"

namespace yilian::fhirpath {
namespace {

class Place : public Evaluation {
 protected:
  Texts places(const fhir::Json& resource, std::string_view text) {
    Texts out;
    const auto result = Expression::compile(text)->evaluate(resource, context_);
    for (const Item& item : *result) out.push_back(item.is_node() ? place_of(item.node()) : "value");
    return out;
  }
};

TEST_F(Place, IsTheWayFromTheResource) {
  const fhir::Json& resource = read(
      R"({"resourceType":"Observation","code":{"coding":[{"code":"a"},{"code":"b"}]},"component":[{"valueString":"x"},{"valueQuantity":{"value":1}}]})");
  EXPECT_EQ(places(resource, "component.value"),
            (Texts{"Observation.component[0].value", "Observation.component[1].value"}));
  EXPECT_EQ(places(resource, "code.coding.where(code = 'b').code"), Texts{"Observation.code.coding[1].code"});
  EXPECT_EQ(places(resource, "component.value.ofType(Quantity).value"), Texts{"Observation.component[1].value.value"});
  EXPECT_EQ(places(resource, "$this"), Texts{"Observation"});
  EXPECT_EQ(places(resource, "1"), Texts{"value"});
}

TEST_F(Place, OfAResourceWithinAnother) {
  const fhir::Json& bundle = read(
      R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"a","name":[{"family":"W"}]}},)"
      R"({"resource":{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"}}},{"resource":{"resourceType":"Observation","subject":{"reference":"Patient/a"}}}]})");
  EXPECT_EQ(places(bundle, "entry.resource.subject.resolve().name"),
            (Texts{"Bundle.entry[0].resource.name[0]", "Bundle.entry[0].resource.name[0]"}));
  EXPECT_EQ(places(bundle, "entry[0].resource.name.family"), Texts{"Bundle.entry[0].resource.name[0].family"});
}

TEST_F(Place, KnowsTheNameInJson) {
  const fhir::Json& resource = read(R"({"resourceType":"Observation","valueString":"x"})");
  const auto result = Expression::compile("value")->evaluate(resource, context_);
  ASSERT_EQ(result->size(), 1u);
  EXPECT_EQ(json_name_of(result->front().node()), "valueString");
}

}  // namespace
}  // namespace yilian::fhirpath
