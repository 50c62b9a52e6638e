#include <gtest/gtest.h>

#include "engine/fhir/check.h"

namespace yilian::fhir {
namespace {

std::string sorted(std::string_view json) {
  Arena arena;
  Json* read = *read_json(json, arena);
  sort_members(*read);
  return write_json(*read);
}

TEST(SortMembers, FollowsTheDefinitions) {
  EXPECT_EQ(
      sorted(
          R"({"birthDate":"1990","name":[{"given":["b"],"family":"a","use":"usual"}],"id":"1","resourceType":"Patient","meta":{"versionId":"1"}})"),
      R"({"resourceType":"Patient","id":"1","meta":{"versionId":"1"},"name":[{"use":"usual","family":"a","given":["b"]}],"birthDate":"1990"})");
}

TEST(SortMembers, KeepsSiblingsBehindTheirPrimitive) {
  EXPECT_EQ(
      sorted(
          R"({"_birthDate":{"extension":[{"valueString":"x","url":"u"}],"id":"i"},"resourceType":"Patient","gender":"male","birthDate":"1990","_gender":{"id":"g"}})"),
      R"({"resourceType":"Patient","gender":"male","_gender":{"id":"g"},"birthDate":"1990","_birthDate":{"id":"i","extension":[{"url":"u","valueString":"x"}]}})");
}

TEST(SortMembers, LeavesTheUnknownLastInItsOrder) {
  EXPECT_EQ(sorted(R"({"zz":{"b":1,"a":2},"active":true,"_nom":1,"aa":1,"resourceType":"Patient"})"),
            R"({"resourceType":"Patient","active":true,"zz":{"b":1,"a":2},"_nom":1,"aa":1})");
  EXPECT_EQ(sorted(R"({"b":1,"a":2})"), R"({"b":1,"a":2})");
  EXPECT_EQ(sorted(R"([{"b":1,"a":2}])"), R"([{"b":1,"a":2}])");
}

TEST(SortMembers, GoesIntoNestedResources) {
  EXPECT_EQ(
      sorted(
          R"({"type":"batch","entry":[{"resource":{"active":true,"id":"1","contained":[{"name":"x","id":"o","resourceType":"Organization"}],"resourceType":"Patient"},"fullUrl":"u"}],"resourceType":"Bundle"})"),
      R"({"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"u","resource":{"resourceType":"Patient","id":"1","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"active":true}}]})");
}

TEST(SortMembers, SurvivesTheWrongShapes) {
  EXPECT_EQ(
      sorted(
          R"({"name":{"family":"a","use":"usual"},"active":[{"x":1}],"contained":[1,[{}],null],"resourceType":"Patient"})"),
      R"({"resourceType":"Patient","contained":[1,[{}],null],"active":[{"x":1}],"name":{"use":"usual","family":"a"}})");
}

TEST(SortMembers, SortsManyMembers) {
  std::string many, expected = R"({"resourceType":"Patient","active":true)";
  for (int i = 0; i < 500; ++i) many += "\"u" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_EQ(sorted("{" + many + R"("active":true,"resourceType":"Patient"})"),
            expected + "," + many.substr(0, many.size() - 1) + "}");
}

TEST(SortMembers, EqualResourcesHaveEqualBytes) {
  const std::string a = sorted(
      R"({"resourceType":"Observation","valueQuantity":{"unit":"g","value":1.0},"status":"final","code":{"text":"x"}})");
  const std::string b = sorted(
      R"({"code":{"text":"x"},"status":"final","valueQuantity":{"value":1.0,"unit":"g"},"resourceType":"Observation"})");
  EXPECT_EQ(a, b);
  EXPECT_EQ(sorted(a), a);
}

}  // namespace
}  // namespace yilian::fhir
