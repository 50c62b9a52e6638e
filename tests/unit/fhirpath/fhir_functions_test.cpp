#include "tests/unit/fhirpath/fixture.h"

namespace yilian::fhirpath {
namespace {

class World : public Services {
 public:
  explicit World(const fhir::Json& organization) : organization_(organization) {}
  const fhir::Json* resolve(std::string_view reference) override {
    return reference == "Organization/1" ? &organization_ : nullptr;
  }
  Result<std::optional<bool>> member_of(const Item& coded, std::string_view value_set) override {
    if (value_set == "http://unknown") return std::optional<bool>();
    return std::optional(text_of(coded) == "male");
  }
  void trace(std::string_view name, Collection items) override {
    traced += std::string(name) + ":" + std::to_string(items.size()) + " ";
  }
  std::string traced;

 private:
  const fhir::Json& organization_;
};

class FhirFunctions : public Evaluation {
 protected:
  const fhir::Json& patient_ = read(
      R"({"resourceType":"Patient","gender":"male","generalPractitioner":[{"reference":"Organization/1"},{"reference":"Practitioner/2"},{"reference":"#c"},{"reference":"http://a/fhir/Practitioner/9/_history/1"},{"type":"PractitionerRole","identifier":{"value":"7"}}],)"
      R"("contained":[{"resourceType":"Practitioner","id":"c","active":true}],"modifierExtension":[{"url":"http://m","valueBoolean":true}]})");
};

TEST_F(FhirFunctions, ResolveContainedAndByTheServices) {
  World world(read(R"({"resourceType":"Organization","name":"North"})"));
  context_.services = &world;
  EXPECT_EQ(on(patient_, "generalPractitioner.resolve().name"), Texts{"North"});
  EXPECT_EQ(on(patient_, "generalPractitioner.resolve().active"), Texts{"true"});
  EXPECT_EQ(on(patient_, "generalPractitioner.resolve().count()"), Texts{"2"});
  EXPECT_EQ(on(patient_, "generalPractitioner.reference.first().resolve() is Organization"), Texts{"true"});
}

TEST_F(FhirFunctions, ResolveTypesAlone) {
  EXPECT_EQ(on(patient_, "generalPractitioner.where(resolve() is Practitioner).count()"),
            Texts{"1"});  // the contained one
  context_.resolve_types_only = true;
  EXPECT_EQ(on(patient_, "generalPractitioner.where(resolve() is Practitioner).reference"),
            (Texts{"Practitioner/2", "#c", "http://a/fhir/Practitioner/9/_history/1"}));
  EXPECT_EQ(on(patient_, "generalPractitioner.where(resolve() is PractitionerRole).identifier.value"), Texts{"7"});
  EXPECT_EQ(on(patient_, "generalPractitioner[1].resolve().id"), Texts{});
}

TEST_F(FhirFunctions, AskTheServicesAndNeverSayTrueWithoutThem) {
  EXPECT_THAT(on(patient_, "gender.memberOf('http://v')").front(), ::testing::HasSubstr("needs a service"));
  EXPECT_THAT(on(patient_, "conformsTo('http://p')").front(), ::testing::HasSubstr("needs a service"));
  EXPECT_THAT(on(patient_, "slice('a', 'b')").front(), ::testing::HasSubstr("slice() is not done here"));
  EXPECT_THAT(on(patient_, "elementDefinition()").front(), ::testing::HasSubstr("not done"));
  World world(patient_);
  context_.services = &world;
  EXPECT_EQ(on(patient_, "gender.memberOf('http://v')"), Texts{"true"});
  EXPECT_EQ(on(patient_, "gender.memberOf('http://unknown')"), Texts{});
  EXPECT_THAT(on(patient_, "conformsTo('http://p')").front(), ::testing::HasSubstr("Profiles are not known here"));
  EXPECT_EQ(on(patient_, "generalPractitioner.trace('all').trace('refs', reference).count()"), Texts{"5"});
  EXPECT_EQ(world.traced, "all:5 refs:4 ");
}

TEST_F(FhirFunctions, CheckModifiers) {
  EXPECT_EQ(on(patient_, "checkModifiers('http://m')"), Texts{"true"});
  EXPECT_EQ(on(patient_, "checkModifiers('http://n')"), Texts{"false"});
}

TEST_F(FhirFunctions, CompareUnits) {
  EXPECT_EQ(value("1 'mg'.comparable(2 'mg')"), Texts{"true"});
  EXPECT_EQ(value("1 day.comparable(2 'h')"), Texts{"true"});
  EXPECT_EQ(value("1 day.comparable(2 months)"), Texts{"false"});
}

TEST_F(FhirFunctions, SeeTheRootOfWhatIsContained) {
  const auto contained = Expression::compile("contained")->evaluate(patient_, context_);
  const auto expression = Expression::compile("%resource.id | %rootResource.gender | ('#' + id).resolve().id");
  const auto result = expression->evaluate(contained->front().node(), context_);
  ASSERT_TRUE(result) << result.error().line();
  EXPECT_EQ(result->size(), 2u);
  EXPECT_EQ(text_of((*result)[1]), "male");
}

}  // namespace
}  // namespace yilian::fhirpath
