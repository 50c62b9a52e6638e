#include "engine/validation/value_sets.h"

#include "tests/unit/validation/fixture.h"

namespace yilian::validation {
namespace {

using ValueSetsTest = ValidationTest;

TEST_F(ValueSetsTest, KnowsThoseOfR4sRequiredBindings) {
  const ValueSets sets;
  EXPECT_EQ(sets.contains("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", "", "male"), true);
  EXPECT_EQ(sets.contains("http://hl7.org/fhir/ValueSet/administrative-gender", "", "m"), false);
  EXPECT_EQ(sets.contains("http://hl7.org/fhir/ValueSet/administrative-gender", "http://x", "male"), false);
  EXPECT_EQ(sets.contains("http://x/unknown", "", "male"), std::nullopt);
}

TEST_F(ValueSetsTest, ListsWhatIsComposed) {
  ValueSets sets;
  sets.add(
      read("{'resourceType':'CodeSystem','url':'http://"
           "s','content':'complete','concept':[{'code':'a','concept':[{'code':'b'}]},{'code':'c'}]}"));
  sets.add(
      read("{'resourceType':'ValueSet','url':'http://v','compose':{'include':[{'system':'http://s'},{'system':'http://"
           "t','concept':[{'code':'d'}]}],'exclude':[{'system':'http://s','concept':[{'code':'c'}]}]}}"));
  sets.add(
      read("{'resourceType':'ValueSet','url':'http://w','compose':{'include':[{'valueSet':['http://v'],'system':'http:/"
           "/t','concept':[{'code':'d'},{'code':'e'}]}]}}"));
  sets.add(
      read("{'resourceType':'ValueSet','url':'http://filtered','compose':{'include':[{'system':'http://"
           "s','filter':[{'property':'x','op':'=','value':'y'}]}]}}"));
  sets.add(
      read("{'resourceType':'ValueSet','url':'http://circle','compose':{'include':[{'valueSet':['http://circle']}]}}"));
  sets.finish();
  EXPECT_EQ(sets.contains("http://v", "http://s", "b"), true);
  EXPECT_EQ(sets.contains("http://v", "http://s", "c"), false);
  EXPECT_EQ(sets.contains("http://w", "http://t", "d"), true);
  EXPECT_EQ(sets.contains("http://w", "http://t", "e"), false);
  EXPECT_EQ(sets.contains("http://filtered", "http://s", "a"), std::nullopt);
  EXPECT_EQ(sets.contains("http://circle", "http://s", "a"), std::nullopt);
}

TEST_F(ValueSetsTest, AsksBeyond) {
  ValueSets sets;
  sets.ask([](std::string_view set, std::string_view, std::string_view code) -> std::optional<bool> {
    if (set != "http://beyond") return std::nullopt;
    return code == "1";
  });
  EXPECT_EQ(sets.contains("http://beyond", "http://s", "1"), true);
  EXPECT_EQ(sets.contains("http://beyond", "http://s", "2"), false);
  EXPECT_EQ(sets.contains("http://other", "http://s", "2"), std::nullopt);
}

}  // namespace
}  // namespace yilian::validation
