#include "engine/fhirpath/patch.h"

#include <algorithm>

namespace yilian::fhirpath {
namespace {

class PatchTest : public ::testing::Test {
 protected:
  // Single quotes stand for double ones.
  const fhir::Json& read(std::string text) {
    std::ranges::replace(text, '\'', '"');
    const auto made = fhir::read_json(text, arena_);
    EXPECT_TRUE(made) << text;
    return **made;
  }
  // The patched resource, or "Issue: …". Operations: each the parts of one.
  std::string patched(std::string resource, const std::vector<std::string>& operations) {
    std::string text = "{'resourceType':'Parameters','parameter':[";
    for (const std::string& each : operations)
      text += (&each == operations.data() ? "" : ",") + ("{'name':'operation','part':[" + each + "]}");
    const fhir::Json& before = read(std::move(resource));
    const std::string whole = fhir::write_json(before);
    const auto made = patch(before, read(text + "]}"), arena_);
    EXPECT_EQ(fhir::write_json(before), whole);  // never touched
    if (!made) return "Issue: " + made.error().line();
    std::string out = fhir::write_json(**made);
    std::ranges::replace(out, '"', '\'');
    return out;
  }
  static std::string operation(std::string_view type, std::string_view path, std::string more = "") {
    return "{'name':'type','valueCode':'" + std::string(type) + "'},{'name':'path','valueString':'" +
           std::string(path) + "'}" + more;
  }
  static std::string value(std::string_view member) { return ",{'name':'value'," + std::string(member) + "}"; }
  static std::string named(std::string_view name) {
    return ",{'name':'name','valueString':'" + std::string(name) + "'}";
  }
  static std::string at(std::string_view name, int index) {
    return ",{'name':'" + std::string(name) + "','valueInteger':" + std::to_string(index) + "}";
  }
  fhir::Arena arena_;
};

constexpr const char* kNamed =
    "{'resourceType':'Patient','name':[{'given':['a','b','c'],'_given':[null,{'id':'x'},null]}],'_birthDate':{'"
    "extension':[{'url':'http://u','valueString':'s'}]}}";

TEST_F(PatchTest, KeepsWhatIsBesideAPrimitiveInStep) {
  EXPECT_EQ(patched(kNamed, {operation("delete", "Patient.name[0].given[0]")}),
            "{'resourceType':'Patient','name':[{'given':['b','c'],'_given':[{'id':'x'},null]}],'_birthDate':{'"
            "extension':[{'url':'http://u','valueString':'s'}]}}");
  EXPECT_EQ(patched(kNamed, {operation("delete", "Patient.name[0].given[1]"), operation("delete", "birthDate")}),
            "{'resourceType':'Patient','name':[{'given':['a','c']}]}");
  EXPECT_EQ(patched(kNamed, {operation("move", "name.given", at("source", 1) + at("destination", 2)),
                             operation("delete", "birthDate.extension")}),
            "{'resourceType':'Patient','name':[{'given':['a','c','b'],'_given':[null,null,{'id':'x'}]}]}");
  EXPECT_EQ(patched(kNamed, {operation("insert", "name.given", at("index", 1) + value("'valueString':'n'")),
                             operation("delete", "birthDate")}),
            "{'resourceType':'Patient','name':[{'given':['a','n','b','c'],'_given':[null,null,{'id':'x'},null]}]}");
  EXPECT_EQ(patched(kNamed, {operation("replace", "birthDate", value("'valueDate':'2001-01-01'"))}).find("_birthDate"),
            std::string::npos);
}

TEST_F(PatchTest, GivesAPrimitiveAnExtension) {
  EXPECT_EQ(
      patched("{'resourceType':'Patient','birthDate':'2001-01-01'}",
              {operation("add", "Patient.birthDate",
                         named("extension") +
                             value("'part':[{'name':'url','valueUri':'http://u'},{'name':'value','valueCode':'c'}]"))}),
      "{'resourceType':'Patient','birthDate':'2001-01-01','_birthDate':{'extension':[{'url':'http://"
      "u','valueCode':'c'}]}}");
  EXPECT_EQ(
      patched("{'resourceType':'Patient','name':[{'given':['a','b']}]}",
              {operation("add", "name.given[1]",
                         named("extension") +
                             value("'part':[{'name':'url','valueUri':'http://u'},{'name':'value','valueCode':'c'}]"))}),
      "{'resourceType':'Patient','name':[{'given':['a','b'],'_given':[null,{'extension':[{'url':'http://"
      "u','valueCode':'c'}]}]}]}");
}

TEST_F(PatchTest, ChangesTheTypeOfAChoice) {
  EXPECT_EQ(patched("{'resourceType':'Observation','valueString':'x','_valueString':{'id':'i'}}",
                    {operation("replace", "Observation.value", value("'valueQuantity':{'value':1.50}"))}),
            "{'resourceType':'Observation','valueQuantity':{'value':1.50}}");
  EXPECT_EQ(patched("{'resourceType':'Observation','status':'final'}",
                    {operation("add", "Observation", named("value") + value("'valueString':'x'"))}),
            "{'resourceType':'Observation','status':'final','valueString':'x'}");
  EXPECT_EQ(patched("{'resourceType':'Observation','valueString':'x'}",
                    {operation("add", "Observation", named("value") + value("'valueInteger':1"))}),
            "Issue: Parameters.parameter[0]: Observation.value is there already. Use replace");
  EXPECT_THAT(patched("{'resourceType':'Observation','status':'final'}",
                      {operation("add", "Observation", named("value") + value("'valueHumanName':{'text':'x'}"))}),
              ::testing::HasSubstr("'value' cannot be of type HumanName"));
}

TEST_F(PatchTest, BuildsBackboneElementsOfParts) {
  EXPECT_EQ(patched("{'resourceType':'Patient','active':true}",
                    {operation("add", "Patient",
                               named("contact") +
                                   value("'part':[{'name':'name','part':[{'name':'given','valueString':'a'},{'name':'"
                                         "given','valueString':'b'}]},{'name':'gender','valueCode':'male'}]"))}),
            "{'resourceType':'Patient','active':true,'contact':[{'name':{'given':['a','b']},'gender':'male'}]}");
  EXPECT_EQ(
      patched(
          "{'resourceType':'Patient','active':true}",
          {operation("add", "Patient",
                     named("contact") +
                         value("'part':[{'name':'gender','valueCode':'male'},{'name':'gender','valueCode':'male'}]"))}),
      "Issue: Parameters.parameter[0]: 'gender' is given twice and cannot repeat");
}

TEST_F(PatchTest, InsertsIntoAListThatIsNotThereYet) {
  EXPECT_EQ(patched("{'resourceType':'Patient','active':true}",
                    {operation("insert", "Patient.name", at("index", 0) + value("'valueHumanName':{'text':'x'}"))}),
            "{'resourceType':'Patient','active':true,'name':[{'text':'x'}]}");
  EXPECT_THAT(patched("{'resourceType':'Patient','active':true}",
                      {operation("insert", "Patient.name", at("index", 1) + value("'valueHumanName':{'text':'x'}"))}),
              ::testing::HasSubstr("beyond the end of the list, which is empty"));
  EXPECT_THAT(patched("{'resourceType':'Patient','active':true}",
                      {operation("insert", "Patient.gender", at("index", 0) + value("'valueCode':'male'"))}),
              ::testing::HasSubstr("Patient.gender is no list"));
}

TEST_F(PatchTest, RemovesWhatIsLeftEmpty) {
  EXPECT_EQ(patched("{'resourceType':'Patient','active':true,'contact':[{'name':{'text':'x'}}]}",
                    {operation("delete", "Patient.contact.name.text")}),
            "{'resourceType':'Patient','active':true}");
  EXPECT_EQ(patched("{'resourceType':'Patient','active':true}",
                    {operation("delete", "Patient.contact.where(gender.exists())")}),
            "{'resourceType':'Patient','active':true}");
}

TEST_F(PatchTest, TellsExactlyWhatIsWrong) {
  const std::string two = "{'resourceType':'Patient','name':[{'text':'x'},{'text':'y'}]}";
  EXPECT_EQ(patched(two, {operation("delete", "Patient.name")}),
            "Issue: Parameters.parameter[0]: There are 2 elements at Patient.name. Choose one: [0], first(), where(…)");
  EXPECT_EQ(patched(two, {operation("delete", "Patient.name[0]"),
                          operation("replace", "Patient.name[3]", value("'valueHumanName':{'text':'z'}"))}),
            "Issue: Parameters.parameter[1]: There is nothing at Patient.name[3]");
  EXPECT_THAT(patched(two, {operation("delete", "Patient.nmae")}),
              ::testing::HasSubstr("Parameters.parameter[0], path, byte 8: There is no element 'nmae'"));
  EXPECT_THAT(patched(two, {operation("delete", "Patient.")}),
              ::testing::HasSubstr("path, byte 8: The expression ends here"));
  EXPECT_THAT(patched(two, {operation("delete", "1 + 1")}), ::testing::HasSubstr("a value and no element"));
  EXPECT_THAT(patched(two, {operation("delete", "Patient")}),
              ::testing::HasSubstr("cannot delete the resource itself"));
  EXPECT_THAT(patched(two, {operation("erase", "Patient.name")}),
              ::testing::HasSubstr("There is no operation 'erase'"));
  EXPECT_THAT(patched(two, {operation("delete", "Patient.name", at("index", 1))}),
              ::testing::HasSubstr("'index' has no meaning here (delete)"));
  EXPECT_THAT(patched(two, {operation("add", "Patient", named("gender"))}),
              ::testing::HasSubstr("'value' is missing (add)"));
  EXPECT_THAT(patched(two, {operation("add", "Patient", named("gendre") + value("'valueCode':'male'"))}),
              ::testing::HasSubstr("no element 'gendre' in Patient"));
  EXPECT_THAT(patched(two, {operation("add", "Patient", named("gender") + value("'valueBoolean':true"))}),
              ::testing::HasSubstr("'gender' cannot be of type boolean"));
  EXPECT_THAT(patched(two, {operation("move", "Patient.name", at("source", 2) + at("destination", 0))}),
              ::testing::HasSubstr("which has 2 elements"));
  EXPECT_THAT(patched(two, {operation("move", "Patient.name.where(id.empty()).first()",
                                      at("source", 0) + at("destination", 0))}),
              ::testing::HasSubstr("all elements of one list"));
  EXPECT_THAT(patched(two, {operation("delete", "Patient.name[0]") + ",{'name':'colour','valueCode':'red'}"}),
              ::testing::HasSubstr("no part 'colour'"));
  EXPECT_FALSE(patch(read(two), read(two), arena_));
}

}  // namespace
}  // namespace yilian::fhirpath
