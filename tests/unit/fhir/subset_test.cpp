#include "engine/fhir/subset.h"

#include <gtest/gtest.h>

#include "engine/fhir/check.h"

namespace yilian::fhir {
namespace {

constexpr std::string_view kObservation =
    R"({"resourceType":"Observation","id":"1","meta":{"versionId":"3"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},)"
    R"("contained":[{"resourceType":"Patient","id":"p"}],"extension":[{"url":"u","valueString":"v"}],"status":"final","category":[{"text":"lab"}],)"
    R"("code":{"coding":[{"system":"s","code":"c"}]},"subject":{"reference":"Patient/1"},"valueQuantity":{"extension":[{"url":"u","valueString":"v"}],"value":1.0,"unit":"g"},)"
    R"("note":[{"text":"n"}],"component":[{"code":{"text":"a"},"interpretation":[{"text":"H"}]}]})";

std::string kept(std::string_view summary, std::string_view elements, std::string_view json = kObservation) {
  Arena arena;
  const auto subset = read_subset(summary, elements, "Observation");
  if (!subset) return subset.error().line();
  Json* resource = *read_json(json, arena);
  keep_subset(*resource, *subset, arena);
  sort_members(*resource);
  EXPECT_TRUE(check(*resource).empty()) << check(*resource).front().line();
  std::string text = write_json(*resource);
  const std::string tag = R"("tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}])";
  if (const auto at = text.find(tag); at != std::string::npos) text.replace(at, tag.size(), "TAG");
  return text;
}

TEST(Subset, Summary) {
  EXPECT_EQ(kept("true", ""),
            R"({"resourceType":"Observation","id":"1","meta":{"versionId":"3",TAG},"status":"final","code":{"coding":[{"system":"s","code":"c"}]},"subject":{"reference":"Patient/1"},)"
            R"("valueQuantity":{"value":1.0,"unit":"g"},"component":[{"code":{"text":"a"}}]})");
}

TEST(Subset, TextAndData) {
  EXPECT_EQ(kept("text", ""),
            R"({"resourceType":"Observation","id":"1","meta":{"versionId":"3",TAG},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},)"
            R"("status":"final","code":{"coding":[{"system":"s","code":"c"}]}})");
  const std::string data = kept("data", "");
  EXPECT_EQ(data.find("div"), std::string::npos);
  EXPECT_NE(data.find("\"note\""), std::string::npos);
  EXPECT_NE(data.find("TAG"), std::string::npos);
}

TEST(Subset, Elements) {
  const std::string expected =
      R"({"resourceType":"Observation","id":"1","meta":{"versionId":"3",TAG},"status":"final","code":{"coding":[{"system":"s","code":"c"}]},)"
      R"("valueQuantity":{"extension":[{"url":"u","valueString":"v"}],"value":1.0,"unit":"g"},"note":[{"text":"n"}]})";
  EXPECT_EQ(kept("", "value,note"), expected);
  EXPECT_EQ(kept("false", "Observation.valueQuantity,Observation.note"), expected);
  EXPECT_EQ(kept("", "Patient.name"), kObservation);  // of another type alone
  EXPECT_EQ(kept("", "note", R"({"resourceType":"Patient","birthDate":"1980","_birthDate":{"id":"a"},"active":true})"),
            R"({"resourceType":"Patient","meta":{TAG},"active":true})");
  EXPECT_EQ(kept("", "subject,Patient.birthDate", R"({"resourceType":"Patient","birthDate":"1980","_birthDate":{"id":"a"},"gender":"male"})"),
            R"({"resourceType":"Patient","meta":{TAG},"birthDate":"1980","_birthDate":{"id":"a"}})");
}

TEST(Subset, WholeIsUntouched) {
  EXPECT_EQ(kept("", ""), kObservation);
  EXPECT_EQ(kept("false", ""), kObservation);
  EXPECT_EQ(kept("count", ""), kObservation);
}

TEST(Subset, Refusals) {
  EXPECT_TRUE(kept("yes", "").starts_with("_summary: "));
  EXPECT_TRUE(kept("", "nothing").starts_with("_elements: "));
  EXPECT_TRUE(kept("", "name.family").starts_with("_elements: "));
  EXPECT_TRUE(kept("", "Patient.nothing").starts_with("_elements: "));
  EXPECT_TRUE(kept("true", "note").starts_with("_elements: "));
}

}  // namespace
}  // namespace yilian::fhir
