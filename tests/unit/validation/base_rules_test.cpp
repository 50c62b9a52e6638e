#include "engine/validation/base_rules.h"

#include "tests/unit/validation/fixture.h"

namespace yilian::validation {
namespace {

using BaseRulesTest = ValidationTest;

std::string observation(const std::string& more) {
  return "{'resourceType':'Observation','status':'final','code':{'text':'x'}" + more + "}";
}

TEST_F(BaseRulesTest, AllConstraintsOfR4Compile) { EXPECT_EQ(base_constraint_count(), 239U); }

TEST_F(BaseRulesTest, AValidResourceHasNoFindings) {
  EXPECT_EQ(found(observation(",'subject':{'reference':'Patient/1'},'valueQuantity':{'value':1,'system':'http://"
                              "unitsofmeasure.org','code':'1'},"
                              "'referenceRange':[{'low':{'value':1}}]")),
            "");
}

TEST_F(BaseRulesTest, WhatIsDecidedByPresenceAlone) {
  EXPECT_EQ(places(observation(",'dataAbsentReason':{'text':'x'},'valueString':'y'")), "error Observation obs-6\n");
  EXPECT_EQ(places(observation(",'valueQuantity':{'code':'mg'}")), "error Observation.value qty-3\n");
  EXPECT_EQ(places(observation(",'referenceRange':[{'low':{'value':1}},{'age':{'low':{'value':1}}}]")),
            "error Observation.referenceRange[1] obs-3\n");
  EXPECT_EQ(places(observation(",'component':[{'code':{'text':'a'},'referenceRange':[{'age':{'low':{'value':1}}}]}]")),
            "error Observation.component[0].referenceRange[0] obs-3\n");
  EXPECT_EQ(places(observation(",'extension':[{'url':'http://a'}]")), "error Observation.extension[0] ext-1\n");
  EXPECT_EQ(places(observation(
                ",'extension':[{'url':'http://a','valueString':'x','extension':[{'url':'b','valueCode':'c'}]}]")),
            "error Observation.extension[0] ext-1\n");
}

TEST_F(BaseRulesTest, WhatHasToBeEvaluated) {
  EXPECT_EQ(places(observation(",'subject':{'reference':'#p'}")), "error Observation.subject ref-1\n");
  EXPECT_EQ(places(observation(",'contained':[{'resourceType':'Patient','id':'p'}],'subject':{'reference':'#p'}")), "");
  EXPECT_EQ(places(observation(",'contained':[{'resourceType':'Patient','id':'p'}]")), "error Observation dom-3\n");
  EXPECT_EQ(places(observation(",'effectivePeriod':{'start':'2024-02-02','end':'2024-02-01'}")),
            "error Observation.effective per-1\n");
  EXPECT_EQ(places("{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'http://"
                   "a','code':'b'}]},'valueString':'x',"
                   "'component':[{'code':{'coding':[{'system':'http://a','code':'b'}]}}]}"),
            "error Observation obs-7\n");
}

TEST_F(BaseRulesTest, WhatIsKnownTooRoughlyIsNoError) {
  EXPECT_EQ(places(observation(",'effectivePeriod':{'start':'2024-02-02','end':'2024'}")),
            "warning Observation.effective per-1\n");
  EXPECT_EQ(places(observation(",'effectivePeriod':{'start':'2024-02-02','end':'2023'}")),
            "error Observation.effective per-1\n");
}

TEST_F(BaseRulesTest, ElementsThatHoldNothing) {
  EXPECT_EQ(places("{'resourceType':'Patient','name':[{'id':'a'}]}"), "error Patient.name[0] ele-1\n");
  EXPECT_EQ(places("{'resourceType':'Patient','_birthDate':{'id':'a'}}"), "error Patient.birthDate ele-1\n");
  EXPECT_EQ(places("{'resourceType':'Patient','birthDate':'2020','_birthDate':{'id':'a'}}"), "");
}

TEST_F(BaseRulesTest, ConstraintsOfOneElement) {
  EXPECT_EQ(
      places(
          "{'resourceType':'Organization','name':'a','address':[{'use':'work','city':'a'},{'use':'home','city':'b'}]}"),
      "error Organization.address[1] org-2\n");
  EXPECT_EQ(places("{'resourceType':'RiskAssessment','status':'final','subject':{'display':'x'},'prediction':[{'"
                   "probabilityDecimal':101}]}"),
            "error RiskAssessment.prediction[0] ras-2\n");
  EXPECT_EQ(places("{'resourceType':'Patient','text':{'status':'generated','div':'<div "
                   "xmlns=\\'http://www.w3.org/1999/xhtml\\'><script>x</script></div>'}}"),
            "error Patient.text.div txt-1\nerror Patient.text.div txt-2\n");
}

TEST_F(BaseRulesTest, WarningsAndAdvice) {
  EXPECT_EQ(places("{'resourceType':'ValueSet','status':'draft','name':'no computer name'}"),
            "warning ValueSet vsd-0\n");
  const std::string patient = "{'resourceType':'Patient','active':true}";
  EXPECT_EQ(places(patient), "");
  EXPECT_EQ(places(patient, {.best_practice = true}), "warning Patient dom-6\n");
}

TEST_F(BaseRulesTest, PlacesWithinBundlesAndContained) {
  EXPECT_EQ(places("{'resourceType':'Bundle','type':'collection','entry':[{'resource':{'resourceType':'Patient','"
                   "contact':[{'gender':'male'}]}}]}"),
            "error Bundle.entry[0].resource.contact[0] pat-1\n");
  EXPECT_EQ(places(observation(",'contained':[{'resourceType':'Patient','id':'p','contact':[{'gender':'male'}]}],'"
                               "subject':{'reference':'#p'}")),
            "error Observation.contained[0].contact[0] pat-1\n");
}

TEST_F(BaseRulesTest, IsBounded) {
  EXPECT_EQ(
      found(observation(",'extension':[{'url':'http://a'},{'url':'http://a'},{'url':'http://a'}]"),
            {.bounds = {.findings = 2}})
          .size(),
      2 * std::string_view("error Observation.extension[0] ext-1: Must have either extensions or value[x], not both\n")
              .size());
  EXPECT_EQ(found(observation(",'note':[{'text':'a'},{'text':'b'},{'text':'c'}]"), {.bounds = {.steps = 3}}),
            "error : Not all was looked at: the resource is too large to be validated\n");
}

}  // namespace
}  // namespace yilian::validation
