#include "engine/api/references.h"

#include <gtest/gtest.h>

namespace yilian::api {
namespace {

std::string renamed(std::string_view json, std::string_view full_url = {}) {
  const NewNames names{{"urn:uuid:1", "Patient/a"}, {"http://h/fhir/Patient/1", "Patient/b"}};
  fhir::Arena arena;
  fhir::Json* resource = *fhir::read_json(json, arena);
  rename_references(*resource, full_url, names, arena);
  return fhir::write_json(*resource);
}

TEST(References, OnlyWhatPoints) {
  EXPECT_EQ(renamed(R"({"resourceType":"Observation","subject":{"reference":"urn:uuid:1","display":"urn:uuid:1"},"note":[{"text":"urn:uuid:1"}]})"),
            R"({"resourceType":"Observation","subject":{"reference":"Patient/a","display":"urn:uuid:1"},"note":[{"text":"urn:uuid:1"}]})");
  EXPECT_EQ(renamed(R"({"resourceType":"Observation","identifier":[{"system":"urn:x","value":"urn:uuid:1"}],"_status":{"extension":[{"url":"u","valueUri":"urn:uuid:1"}]}})"),
            R"({"resourceType":"Observation","identifier":[{"system":"urn:x","value":"urn:uuid:1"}],"_status":{"extension":[{"url":"u","valueUri":"Patient/a"}]}})");
  EXPECT_EQ(renamed(R"({"resourceType":"PlanDefinition","instantiatesCanonical":["urn:uuid:1#x"],"library":["urn:uuid:1|1","urn:uuid:12"]})"),
            R"({"resourceType":"PlanDefinition","instantiatesCanonical":["urn:uuid:1#x"],"library":["Patient/a|1","urn:uuid:12"]})");
}

TEST(References, RelativeToTheSameServer) {
  constexpr std::string_view relative = R"({"resourceType":"Observation","subject":{"reference":"Patient/1"}})";
  EXPECT_EQ(renamed(relative, "http://h/fhir/Observation/9"), R"({"resourceType":"Observation","subject":{"reference":"Patient/b"}})");
  EXPECT_EQ(renamed(relative, "http://other/fhir/Observation/9"), relative);
  EXPECT_EQ(renamed(relative, "urn:uuid:9"), relative);
  EXPECT_EQ(renamed(relative, "http://"), relative);
  EXPECT_EQ(renamed(relative, "http:/"), relative);
}

TEST(References, Narratives) {
  const auto with = [](std::string_view div) { return R"({"resourceType":"Basic","text":{"status":"generated","div":")" + std::string(div) + "\"}}"; };
  EXPECT_EQ(renamed(with("<div>isn't <a href='urn:uuid:1'>urn:uuid:1</a> a='urn:uuid:1' src='urn:uuid:1'</div>")),
            with("<div>isn't <a href='Patient/a'>urn:uuid:1</a> a='urn:uuid:1' src='Patient/a'</div>"));
  EXPECT_EQ(renamed(with("<div href='urn:uuid:1")), with("<div href='urn:uuid:1"));
  EXPECT_EQ(renamed(with("href=")), with("href="));
}

TEST(References, Conditional) {
  fhir::Arena arena;
  fhir::Json* resource = *fhir::read_json(R"({"resourceType":"Observation","subject":{"reference":"Patient?identifier=1"},"performer":[{"reference":"Practitioner/1"}]})", arena);
  EXPECT_EQ(conditional_references(*resource), std::vector<std::string>{"Patient?identifier=1"});
  replace_conditional(*resource, {{"Patient?identifier=1", "Patient/9"}});
  EXPECT_EQ(resource->find("subject")->text_at("reference"), "Patient/9");
}

}  // namespace
}  // namespace yilian::api
