#include "engine/fhir/json_patch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/fhir/json_pointer.h"

namespace yilian::fhir {
namespace {

std::string patched(std::string_view target, std::string_view patch, const PatchLimits& limits = {}) {
  Arena arena;
  const auto document = read_json(target, arena);
  const auto operations = read_json(patch, arena);
  if (!document || !operations) return "no JSON";
  const auto result = patch_json(**document, **operations, arena, limits);
  EXPECT_EQ(write_json(**document), write_json(**read_json(target, arena))) << "the target was changed";
  return result ? write_json(**result) : std::string(facts(result.error().code).name) + " " + result.error().where;
}

// The cases of github.com/FHIR/fhir-test-cases, r4/patch/json-patch-tests.json, most of them RFC 6902's own (appendix A).
TEST(JsonPatch, PublishedCases) {
  std::ostringstream text;
  text << std::ifstream(YILIAN_SOURCE_DIR "/tests/unit/fhir/json-patch-cases.json").rdbuf();
  Arena arena;
  const auto cases = read_json(text.str(), arena);
  ASSERT_TRUE(cases);
  ASSERT_EQ((*cases)->size(), 16u);
  for (const Json& each : (*cases)->items()) {
    const auto result = patch_json(*each.find("doc"), *each.find("patch"), arena);
    const Json* expected = each.find("expected");
    EXPECT_EQ(result.has_value(), expected != nullptr) << each.text_at("comment");
    if (!result) {
      EXPECT_EQ(result.error().code, Code::conflict) << result.error().line();
    } else if (expected) {
      EXPECT_TRUE(same_value(**result, *expected)) << each.text_at("comment") << write_json(**result);
    }
  }
}

TEST(JsonPatch, RfcAppendixA13AnOperationTwiceNamed) { EXPECT_EQ(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","op":"remove"}])"), "no JSON"); }

TEST(JsonPatch, Operations) {
  EXPECT_EQ(patched(R"({"a":[1,2]})", R"([{"op":"add","path":"/a/0","value":0},{"op":"add","path":"/a/3","value":3}])"), R"({"a":[0,1,2,3]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])"), R"({"a":2})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"","value":[]}])"), "[]");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":{"b":2}}])"), R"({"b":2})");
  EXPECT_EQ(patched(R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/a/c"},{"op":"remove","path":"/a/b"}])"), R"({"a":{"c":{"b":1}}})");
  EXPECT_EQ(patched(R"({"a":[1,2,3]})", R"([{"op":"move","from":"/a/0","path":"/a/-"}])"), R"({"a":[2,3,1]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])"), R"({"a":1})");
  EXPECT_EQ(patched(R"({"":{"":1}})", R"([{"op":"replace","path":"//","value":2}])"), R"({"":{"":2}})");
  EXPECT_EQ(patched(R"({"a":1.50})", R"([{"op":"test","path":"/a","value":15e-1},{"op":"add","path":"/b","value":2.0}])"), R"({"a":1.50,"b":2.0})");
  EXPECT_EQ(patched(R"({"a":{"x":1,"y":[null]}})", R"([{"op":"test","path":"/a","value":{"y":[null],"x":1.0}}])"), R"({"a":{"x":1,"y":[null]}})");
  EXPECT_EQ(patched("{}", "[]"), "{}");
}

TEST(JsonPatch, RefusalsSayWhichOperation) {
  EXPECT_EQ(patched("{}", "{}"), "bad_structure patch");
  EXPECT_EQ(patched("{}", "[1]"), "bad_structure patch[0]");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a"}])"), "bad_structure patch[0]");
  EXPECT_EQ(patched("{}", R"([{"op":"add","value":1}])"), "bad_structure patch[0]");
  EXPECT_EQ(patched("{}", R"([{"op":"spam","path":"/a"}])"), "unsupported patch[0].op");
  EXPECT_EQ(patched("{}", R"([{"path":"/a"}])"), "unsupported patch[0].op");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"a","value":1}])"), "bad_structure patch[0].path");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a~2","value":1}])"), "bad_structure patch[0].path");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a~","value":1}])"), "bad_structure patch[0].path");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a","value":1},{"op":"remove","path":"/b"}])"), "conflict patch[1].path");
  EXPECT_EQ(patched("{}", R"([{"op":"remove","path":""}])"), "conflict patch[0].path");
  EXPECT_EQ(patched("{}", R"([{"op":"move","from":"/a","path":"/b"}])"), "conflict patch[0].from");
  EXPECT_EQ(patched("{}", R"([{"op":"copy","path":"/b"}])"), "bad_structure patch[0]");
  EXPECT_EQ(patched(R"({"a":{}})", R"([{"op":"move","from":"/a","path":"/a/b"}])"), "conflict patch[0].path");
  for (const char* index : {"2", "01", "-1", "x", "1e0", "99999999999999999999", ""}) {
    EXPECT_EQ(patched(R"({"a":[1]})", R"([{"op":"add","path":"/a/)" + std::string(index) + R"(","value":1}])"), "conflict patch[0].path") << index;
  }
  EXPECT_EQ(patched(R"({"a":[1]})", R"([{"op":"remove","path":"/a/-"}])"), "conflict patch[0].path");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/a/b","value":1}])"), "conflict patch[0].path");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":"1"}])"), "conflict patch[0].path");
}

TEST(JsonPatch, Bounds) {
  std::string doubling = "[";
  for (int i = 0; i < 64; ++i) doubling += std::string(i ? "," : "") + R"({"op":"copy","from":"","path":"/x)" + std::to_string(i) + "\"}";
  EXPECT_TRUE(patched("{}", doubling + "]").starts_with("too_"));
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a","value":[1,2,3]}])", {.values = 3}), "too_large patch[0]");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a","value":[[1]]}])", {.depth = 2}), "too_deep patch[0]");
  EXPECT_EQ(patched("{}", R"([{"op":"test","path":"","value":{}},{"op":"test","path":"","value":{}}])", {.operations = 1}), "too_large patch");
}

TEST(JsonPatch, NumbersAreEqualByValue) {
  const auto same = [](std::string_view a, std::string_view b) {
    Arena arena;
    return same_value(**read_json(a, arena), **read_json(b, arena));
  };
  EXPECT_TRUE(same("0", "-0.00"));
  EXPECT_TRUE(same("1e2", "100"));
  EXPECT_TRUE(same("0.0120", "12E-3"));
  EXPECT_FALSE(same("1", "-1"));
  EXPECT_FALSE(same("1", "1.0000000000000000001"));
  EXPECT_FALSE(same("1", "true"));
  EXPECT_FALSE(same(R"({"a":1})", R"({"a":1,"b":2})"));
}

TEST(JsonPointer, Rfc6901Examples) {
  Arena arena;
  const auto root = read_json(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})", arena);
  ASSERT_TRUE(root);
  const std::pair<const char*, const char*> cases[] = {{"/foo", R"(["bar","baz"])"}, {"/foo/0", "\"bar\""}, {"/", "0"}, {"/a~1b", "1"}, {"/c%d", "2"}, {"/e^f", "3"},
                                                       {"/g|h", "4"}, {"/i\\j", "5"}, {"/k\"l", "6"}, {"/ ", "7"}, {"/m~0n", "8"}};
  for (const auto& [text, expected] : cases) {
    const auto pointer = read_pointer(text);
    ASSERT_TRUE(pointer) << text;
    const Json* found = find_pointer(**root, pointer->parts);
    ASSERT_NE(found, nullptr) << text;
    EXPECT_EQ(write_json(*found), expected) << text;
  }
}

}  // namespace
}  // namespace yilian::fhir
