// Slicing, by each kind of discriminator.

#include "tests/unit/validation/fixture.h"

namespace yilian::validation {
namespace {

class SlicesTest : public ValidationTest {
 protected:
  void know_profile(const std::string& type, const std::vector<std::string>& elements) {
    std::string text =
        "{'resourceType':'StructureDefinition','url':'http://a/p','type':'" + type +
        "','kind':'resource','derivation':'constraint','baseDefinition':'http://hl7.org/fhir/StructureDefinition/" +
        type + "','differential':{'element':[";
    for (const std::string& each : elements) text += (text.ends_with('[') ? "{" : ",{") + each + "}";
    know({text + "]}}"});
  }
  std::string held(const std::string& resource) { return places(resource, {.profiles = {"http://a/p"}}); }
  static std::string patient(const std::string& identifiers) {
    return "{'resourceType':'Patient','identifier':[" + identifiers + "]}";
  }
  // Patient.identifier by its system: "mrn" once, "ssn" at most once with an own child rule.
  void slice_identifiers(const std::string& rules, const std::string& ordered = "false") {
    know_profile("Patient",
                 {"'id':'Patient.identifier','path':'Patient.identifier','slicing':{'discriminator':[{'type':'value','"
                  "path':'system'}],'ordered':" +
                      ordered + ",'rules':'" + rules + "'}",
                  "'id':'Patient.identifier:mrn','path':'Patient.identifier','sliceName':'mrn','min':1,'max':'1'",
                  "'id':'Patient.identifier:mrn.system','path':'Patient.identifier.system','fixedUri':'urn:m'",
                  "'id':'Patient.identifier:ssn','path':'Patient.identifier','sliceName':'ssn','max':'1'",
                  "'id':'Patient.identifier:ssn.system','path':'Patient.identifier.system','min':1,'fixedUri':'urn:s'",
                  "'id':'Patient.identifier:ssn.value','path':'Patient.identifier.value','min':1"});
  }
};

constexpr const char* kMrn = "{'system':'urn:m','value':'1'}";
constexpr const char* kSsn = "{'system':'urn:s','value':'1'}";
constexpr const char* kOther = "{'system':'urn:o'}";

std::string list(std::initializer_list<const char*> items) {
  std::string text;
  for (const char* each : items) text += (text.empty() ? "" : ",") + std::string(each);
  return text;
}

TEST_F(SlicesTest, ByValue) {
  slice_identifiers("open");
  EXPECT_EQ(held(patient(list({kOther, kSsn, kMrn}))), "");
  EXPECT_EQ(held(patient(kSsn)), "error Patient\n");
  EXPECT_EQ(held(patient(list({kMrn, kMrn}))), "error Patient\n");
  EXPECT_EQ(held(patient(list({kMrn, "{'system':'urn:s'}"}))), "error Patient.identifier[1]\n");
}

TEST_F(SlicesTest, ClosedAndOrdered) {
  slice_identifiers("closed", "true");
  EXPECT_EQ(held(patient(list({kMrn, kSsn}))), "");
  EXPECT_EQ(held(patient(list({kSsn, kMrn}))), "error Patient.identifier[1]\n");
  EXPECT_EQ(held(patient(list({kMrn, kOther}))), "error Patient.identifier[1]\n");
}

TEST_F(SlicesTest, OpenAtTheEnd) {
  slice_identifiers("openAtEnd");
  EXPECT_EQ(held(patient(list({kMrn, kOther}))), "");
  EXPECT_EQ(held(patient(list({kOther, kMrn}))), "error Patient.identifier[1]\n");
}

TEST_F(SlicesTest, ByPatternAboveThePath) {
  know_profile("Observation",
               {"'id':'Observation.category','path':'Observation.category','slicing':{'discriminator':[{'type':'value',"
                "'path':'coding.code'},{'type':'value','path':'coding.system'}],'rules':'open'}",
                "'id':'Observation.category:lab','path':'Observation.category','sliceName':'lab','min':1,'max':'1','"
                "patternCodeableConcept':{'coding':[{'system':'http://c','code':'laboratory'}]}"});
  const std::string before =
      "{'resourceType':'Observation','status':'final','code':{'text':'x'},'category':[{'coding':[{'system':'http://"
      "c','code':'";
  EXPECT_EQ(held(before + "laboratory'}]}]}"), "");
  EXPECT_EQ(held(before + "imaging'}]}]}"), "error Observation\n");
}

TEST_F(SlicesTest, ByType) {
  know_profile("Observation",
               {"'id':'Observation.value[x]','path':'Observation.value[x]','slicing':{'discriminator':[{'type':'type','"
                "path':'$this'}],'rules':'closed'}",
                "'id':'Observation.value[x]:valueQuantity','path':'Observation.value[x]','sliceName':'valueQuantity','"
                "type':[{'code':'Quantity'}]",
                "'id':'Observation.value[x]:valueQuantity.code','path':'Observation.value[x].code','min':1"});
  const std::string before = "{'resourceType':'Observation','status':'final','code':{'text':'x'},";
  EXPECT_EQ(held(before + "'valueQuantity':{'value':1,'system':'http://u','code':'1'}}"), "");
  EXPECT_EQ(held(before + "'valueQuantity':{'value':1}}"), "error Observation.value\n");
  EXPECT_EQ(held(before + "'valueString':'x'}"), "error Observation.value\n");
}

TEST_F(SlicesTest, TheShortNameOfAChoiceIsASlice) {
  know_profile("Observation", {"'id':'Observation.valueQuantity','path':'Observation.valueQuantity','min':1"});
  const std::string before = "{'resourceType':'Observation','status':'final','code':{'text':'x'},";
  EXPECT_EQ(held(before + "'valueQuantity':{'value':1}}"), "");
  EXPECT_EQ(held(before + "'valueString':'x'}"), "error Observation\n");
}

TEST_F(SlicesTest, EntriesByTheTypeOfTheirResource) {
  know_profile("Bundle",
               {"'id':'Bundle.entry','path':'Bundle.entry','slicing':{'discriminator':[{'type':'type','path':'resource'"
                "}],'rules':'open'}",
                "'id':'Bundle.entry:patient','path':'Bundle.entry','sliceName':'patient','min':1,'max':'1'",
                "'id':'Bundle.entry:patient.resource','path':'Bundle.entry.resource','type':[{'code':'Patient'}]",
                "'id':'Bundle.entry:patient.resource.gender','path':'Bundle.entry.resource.gender','min':1"});
  const std::string before = "{'resourceType':'Bundle','type':'collection','entry':[{'resource':{'resourceType':'";
  EXPECT_EQ(held(before + "Patient','gender':'male'}}]}"), "");
  EXPECT_EQ(held(before + "Patient','active':true}}]}"), "error Bundle.entry[0].resource\n");
  EXPECT_EQ(held(before + "Organization','name':'x'}}]}"), "error Bundle\n");
}

TEST_F(SlicesTest, ByWhatIsThere) {
  know_profile("Patient", {"'id':'Patient.name','path':'Patient.name','slicing':{'discriminator':[{'type':'exists','"
                           "path':'period'}],'rules':'open'}",
                           "'id':'Patient.name:now','path':'Patient.name','sliceName':'now','min':1,'max':'1'",
                           "'id':'Patient.name:now.period','path':'Patient.name.period','max':'0'",
                           "'id':'Patient.name:once','path':'Patient.name','sliceName':'once'",
                           "'id':'Patient.name:once.period','path':'Patient.name.period','min':1",
                           "'id':'Patient.name:once.use','path':'Patient.name.use','min':1"});
  EXPECT_EQ(held("{'resourceType':'Patient','name':[{'text':'a'}]}"), "");
  EXPECT_EQ(held("{'resourceType':'Patient','name':[{'text':'a'},{'text':'b','period':{'end':'2020'}}]}"),
            "error Patient.name[1]\n");
  EXPECT_EQ(held("{'resourceType':'Patient','name':[{'use':'old','period':{'end':'2020'}}]}"), "error Patient\n");
}

TEST_F(SlicesTest, ExtensionsByTheirUrl) {
  know_profile("Patient", {"'id':'Patient.extension','path':'Patient.extension','min':1",
                           "'id':'Patient.extension:e','path':'Patient.extension','sliceName':'e','min':1,'max':'1','"
                           "type':[{'code':'Extension','profile':['http://a/e']}]"});
  EXPECT_EQ(held("{'resourceType':'Patient','extension':[{'url':'http://a/e','valueCode':'x'}]}"), "");
  EXPECT_EQ(held("{'resourceType':'Patient','extension':[{'url':'http://a/f','valueCode':'x'}]}"), "error Patient\n");
}

TEST_F(SlicesTest, TheDefaultTakesWhatIsLeft) {
  know_profile("Patient", {"'id':'Patient.identifier','path':'Patient.identifier','slicing':{'discriminator':[{'type':'"
                           "value','path':'system'}],'rules':'closed'}",
                           "'id':'Patient.identifier:mrn','path':'Patient.identifier','sliceName':'mrn'",
                           "'id':'Patient.identifier:mrn.system','path':'Patient.identifier.system','fixedUri':'urn:m'",
                           "'id':'Patient.identifier:@default','path':'Patient.identifier','sliceName':'@default'",
                           "'id':'Patient.identifier:@default.use','path':'Patient.identifier.use','min':1"});
  EXPECT_EQ(held(patient(list({kMrn, "{'system':'urn:o','use':'old'}"}))), "");
  EXPECT_EQ(held(patient(list({kMrn, kOther}))), "error Patient.identifier[1]\n");
}

}  // namespace
}  // namespace yilian::validation
