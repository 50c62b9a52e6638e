#include "engine/validation/profile.h"

#include "tests/unit/validation/fixture.h"

namespace yilian::validation {
namespace {

constexpr std::string_view kUrl = "http://a/p";

class ProfileTest : public ValidationTest {
 protected:
  // Elements of a differential, each without its braces.
  static std::string profile(const std::string& type, const std::vector<std::string>& elements,
                             const std::string& more = "", const std::string& url = "http://a/p") {
    std::string text = "{'resourceType':'StructureDefinition','url':'" + url + "','type':'" + type +
                       "','kind':'resource','derivation':'constraint'" + more;
    if (more.find("baseDefinition") == std::string::npos)
      text += ",'baseDefinition':'http://hl7.org/fhir/StructureDefinition/" + type + "'";
    text += ",'differential':{'element':[";
    for (const std::string& each : elements) text += (text.ends_with('[') ? "{" : ",{") + each + "}";
    return text + "]}}";
  }
  std::string held(const std::string& resource) { return places(resource, {.profiles = {std::string(kUrl)}}); }
  static std::string patient(const std::string& more) { return "{'resourceType':'Patient'" + more + "}"; }
  static std::string observation(const std::string& more) {
    return "{'resourceType':'Observation','status':'final','code':{'text':'x'}" + more + "}";
  }
};

TEST_F(ProfileTest, Cardinality) {
  know({profile("Patient", {"'id':'Patient.name','path':'Patient.name','min':1,'max':'2'",
                            "'id':'Patient.name.family','path':'Patient.name.family','min':1",
                            "'id':'Patient.photo','path':'Patient.photo','max':'0'"})});
  EXPECT_EQ(held(patient(",'name':[{'family':'a'}]")), "");
  EXPECT_EQ(held(patient(",'active':true")), "error Patient\n");
  EXPECT_EQ(held(patient(",'name':[{'family':'a'},{'text':'b'},{'family':'c'}]")),
            "error Patient\nerror Patient.name[1]\n");
  EXPECT_EQ(held(patient(",'name':[{'family':'a'}],'photo':[{'title':'x'}]")), "error Patient\n");
  EXPECT_EQ(held(observation("")), "error Observation\n");  // another type
}

TEST_F(ProfileTest, FixedAndPattern) {
  know({profile("Observation", {"'id':'Observation.status','path':'Observation.status','fixedCode':'final'",
                                "'id':'Observation.code','path':'Observation.code','patternCodeableConcept':{'coding':["
                                "{'system':'http://l','code':'1'}]}"})});
  EXPECT_EQ(held("{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'http://"
                 "x','code':'2'},{'system':'http://l','code':'1','display':'d'}],'text':'t'}}"),
            "");
  EXPECT_EQ(held(observation("")), "error Observation.code\n");
  EXPECT_EQ(
      held("{'resourceType':'Observation','status':'amended','code':{'coding':[{'system':'http://l','code':'1'}]}}"),
      "error Observation.status\n");
}

TEST_F(ProfileTest, TypesOfAChoice) {
  know({profile(
      "Observation",
      {"'id':'Observation.value[x]','path':'Observation.value[x]','type':[{'code':'Quantity'},{'code':'string'}]"})});
  EXPECT_EQ(held(observation(",'valueString':'x'")), "");
  EXPECT_EQ(held(observation(",'valueBoolean':true")), "error Observation.value\n");
}

TEST_F(ProfileTest, LimitsOfValues) {
  know({profile("Observation", {"'id':'Observation.value[x]','path':'Observation.value[x]','maxLength':3,'"
                                "minValueQuantity':{'value':1,'system':'http://unitsofmeasure.org','code':'kg'}"})});
  EXPECT_EQ(held(observation(",'valueString':'壹贰叁'")), "");
  EXPECT_EQ(held(observation(",'valueString':'abcd'")), "error Observation.value\n");
  const std::string quantity = ",'valueQuantity':{'system':'http://unitsofmeasure.org',";
  EXPECT_EQ(held(observation(quantity + "'value':1000,'code':'g'}")), "");
  EXPECT_EQ(held(observation(quantity + "'value':999,'code':'g'}")), "error Observation.value\n");
}

TEST_F(ProfileTest, ConstraintsAndTheirVariables) {
  know({profile("Patient", {"'id':'Patient.contained','path':'Patient.contained','constraint':[{'key':'c-1','severity':"
                            "'error','human':'h','expression':'%resource is Patient'}]",
                            "'id':'Patient.name','path':'Patient.name','constraint':[{'key':'c-2','severity':'warning',"
                            "'human':'h','expression':'family.exists()'}]"})});
  EXPECT_EQ(held(patient(",'contained':[{'resourceType':'Organization','id':'o','name':'x'}],'managingOrganization':{'"
                         "reference':'#o'}")),
            "");
  EXPECT_EQ(held(patient(",'name':[{'text':'a'}]")), "warning Patient.name[0] c-2\n");
}

TEST_F(ProfileTest, TargetsOfReferences) {
  know({profile("Observation", {"'id':'Observation.subject','path':'Observation.subject','type':[{'code':'Reference','"
                                "targetProfile':['http://a/q']}]"}),
        profile("Patient", {"'id':'Patient.active','path':'Patient.active','min':1"}, "", "http://a/q")});
  EXPECT_EQ(held(observation(",'subject':{'reference':'Patient/1'}")), "");
  EXPECT_EQ(held(observation(",'subject':{'reference':'Group/1'}")), "error Observation.subject\n");
  EXPECT_EQ(held(observation(
                ",'contained':[{'resourceType':'Patient','id':'p','active':true}],'subject':{'reference':'#p'}")),
            "");
  EXPECT_EQ(held(observation(
                ",'contained':[{'resourceType':'Patient','id':'p','gender':'male'}],'subject':{'reference':'#p'}")),
            "error Observation.subject\n");
}

TEST_F(ProfileTest, BindingsByTheirStrength) {
  const std::string set =
      "{'resourceType':'ValueSet','url':'http://a/v','compose':{'include':[{'system':'http://"
      "s','concept':[{'code':'1'}]}]}}";
  const auto bound = [](const std::string& strength) {
    return profile("Observation",
                   {"'id':'Observation.code','path':'Observation.code','binding':{'strength':'" + strength +
                    "','valueSet':'http://a/v|1'}"},
                   "", "http://a/" + strength);
  };
  know({set, bound("required"), bound("extensible"), bound("preferred")});
  const std::string wrong =
      "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'http://s','code':'2'}]}}";
  EXPECT_EQ(places(wrong, {.profiles = {"http://a/required"}}), "error Observation.code\n");
  EXPECT_EQ(places(wrong, {.profiles = {"http://a/extensible"}}), "warning Observation.code\n");
  EXPECT_EQ(places(wrong, {.profiles = {"http://a/preferred"}}), "information Observation.code\n");
  EXPECT_EQ(
      places("{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'http://s','code':'1'}]}}",
             {.profiles = {"http://a/required"}}),
      "");
  EXPECT_EQ(places(observation(""), {.profiles = {"http://a/extensible"}}), "");
}

TEST_F(ProfileTest, ADifferentialStandsOnTheProfileBelow) {
  know({profile("Patient", {"'id':'Patient.name','path':'Patient.name','min':1"}, ",'baseDefinition':'http://a/base'"),
        profile("Patient", {"'id':'Patient.gender','path':'Patient.gender','min':1"}, "", "http://a/base")});
  EXPECT_EQ(held(patient(",'name':[{'text':'x'}],'gender':'male'")), "");
  EXPECT_EQ(held(patient(",'name':[{'text':'x'}]")), "error Patient\n");
  EXPECT_EQ(held(patient(",'gender':'male'")), "error Patient\n");
}

TEST_F(ProfileTest, ExtensionsByTheirDefinitions) {
  know({profile(
      "Extension", {"'id':'Extension.value[x]','path':'Extension.value[x]','min':1,'type':[{'code':'code'}]"},
      ",'context':[{'type':'element','expression':'Patient'},{'type':'element','expression':'Patient.contact'}]",
      "http://a/e")});
  EXPECT_EQ(places(patient(",'extension':[{'url':'http://a/e','valueCode':'x'}]")), "");
  EXPECT_EQ(
      places(patient(
          ",'contact':[{'extension':[{'url':'http://a/e','valueCode':'x'}],'gender':'male','name':{'text':'x'}}]")),
      "");
  EXPECT_EQ(places(patient(",'extension':[{'url':'http://a/e','valueString':'x'}]")),
            "error Patient.extension[0].value\n");
  EXPECT_EQ(places(patient(",'name':[{'extension':[{'url':'http://a/e','valueCode':'x'}],'text':'x'}]")),
            "error Patient.name[0].extension[0]\n");
}

TEST_F(ProfileTest, ProfilesThatAreClaimed) {
  know({profile("Patient", {"'id':'Patient.active','path':'Patient.active','min':1"})});
  EXPECT_EQ(places(patient(",'meta':{'profile':['http://a/p']},'gender':'male'")), "error Patient\n");
  EXPECT_EQ(places(patient(",'meta':{'profile':['http://a/other']},'gender':'male'")), "warning Patient\n");
  EXPECT_EQ(places(patient(",'meta':{'profile':['http://hl7.org/fhir/StructureDefinition/Patient']},'gender':'male'")),
            "");
  EXPECT_EQ(places("{'resourceType':'Bundle','type':'collection','entry':[{'resource':" +
                   patient(",'meta':{'profile':['http://a/p']},'gender':'male'") + "}]}"),
            "error Bundle.entry[0].resource\n");
}

TEST_F(ProfileTest, WhatAProfileHasWrongIsTold) {
  const auto wrong = [this](const std::string& element) {
    const auto made = read_profile(read(profile("Patient", {element})), nullptr);
    return made ? std::string("taken") : made.error().where;
  };
  EXPECT_EQ(wrong("'id':'Patient.nom','path':'Patient.nom','min':1"),
            "http://a/p, differential.element[0] (Patient.nom)");
  EXPECT_EQ(wrong("'id':'Patient.name','path':'Patient.name','constraint':[{'key':'k','severity':'error','human':'h','"
                  "expression':'a ='}]"),
            "http://a/p, differential.element[0] (Patient.name), constraint k, byte 3");
  EXPECT_EQ(wrong("'id':'Patient.name','path':'Patient.name','slicing':{'discriminator':[{'type':'value','path':'a."
                  "first()'}],'rules':'open'}"),
            "http://a/p, differential.element[0] (Patient.name)");
}

}  // namespace
}  // namespace yilian::validation
