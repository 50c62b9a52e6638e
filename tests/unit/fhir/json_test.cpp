#include "engine/fhir/json.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace yilian::fhir {
namespace {

TEST(Json, StartsAsNull) {
  const Json value;
  EXPECT_EQ(value.kind(), Json::Kind::null);
  EXPECT_EQ(value.text(), "");
  EXPECT_EQ(value.size(), 0u);
  EXPECT_TRUE(value.items().empty());
  EXPECT_TRUE(value.members().empty());
  EXPECT_EQ(value.find("a"), nullptr);
}

TEST(Json, BuildsAnObject) {
  Arena arena;
  Json root;
  root.set_object();
  root.add(arena, "resourceType").set_string("Patient");
  root.member(arena, "active").set_boolean(true);
  Json& names = root.member(arena, "name");
  names.set_array();
  Json& first = names.append(arena);
  first.set_object();
  first.member(arena, "text").set_string("张三");
  root.member(arena, "active").set_boolean(false);
  root.add(arena, "weight").set_number("61.50");
  EXPECT_EQ(write_json(root), R"({"resourceType":"Patient","active":false,"name":[{"text":"张三"}],"weight":61.50})");
  EXPECT_EQ(root.text_at("weight"), "61.50");
  EXPECT_EQ(root.text_at("active"), "false");
  EXPECT_EQ(root.text_at("nothing"), "");
}

TEST(Json, KeepsEverythingWhileItGrows) {
  Arena arena;
  Json list;
  list.set_array();
  for (int i = 0; i < 5000; ++i) list.append(arena).set_number(arena.copy(std::to_string(i)));
  ASSERT_EQ(list.size(), 5000u);
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(list.items()[static_cast<std::size_t>(i)].text(), std::to_string(i));
  Json object;
  object.set_object();
  for (int i = 0; i < 500; ++i) object.add(arena, arena.copy("m" + std::to_string(i))).set_boolean(i % 2 == 0);
  EXPECT_EQ(object.size(), 500u);
  EXPECT_TRUE(object.find("m498")->boolean());
  EXPECT_FALSE(object.find("m499")->boolean());
}

TEST(Json, RemovesMembersAndItems) {
  Arena arena;
  Json* root = *read_json(R"({"a":1,"b":2,"c":[10,20,30]})", arena);
  EXPECT_TRUE(root->remove("a"));
  EXPECT_FALSE(root->remove("a"));
  Json* list = root->find("c");
  list->remove_item(1);
  list->remove_item(7);
  EXPECT_EQ(write_json(*root), R"({"b":2,"c":[10,30]})");
  list->append(arena).set_string("x");
  EXPECT_TRUE(root->remove("b"));
  EXPECT_EQ(write_json(*root), R"({"c":[10,30,"x"]})");
}

TEST(Json, GrowsWhatWasRead) {
  Arena arena;
  Json* root = *read_json(R"({"a":[1,2],"e":[],"o":{}})", arena);
  root->find("a")->append(arena).set_null();
  root->find("e")->append(arena).set_boolean(true);
  root->find("o")->add(arena, "x").set_object();
  root->member(arena, "new").set_array();
  EXPECT_EQ(write_json(*root), R"({"a":[1,2,null],"e":[true],"o":{"x":{}},"new":[]})");
}

TEST(Json, ChangesItsKind) {
  Arena arena;
  Json value;
  value.set_string("text");
  value.set_array();
  EXPECT_EQ(value.size(), 0u);
  value.append(arena).set_boolean(true);
  value.set_null();
  EXPECT_EQ(value.size(), 0u);
  EXPECT_FALSE(value.boolean());
  value.set_boolean(true);
  value.set_string("");
  EXPECT_FALSE(value.boolean());
  EXPECT_EQ(write_json(value), "\"\"");
}

TEST(Json, RefusesToGrowWhatIsNoContainer) {
  Arena arena;
  Json value;
  EXPECT_THROW(value.append(arena), std::logic_error);
  EXPECT_THROW(value.add(arena, "a"), std::logic_error);
}

TEST(Json, CopiesDeeply) {
  Arena arena;
  Json* copied = nullptr;
  {
    Arena first;
    Json* root = *read_json(R"({"a":[1.50,"x",null,true,{"b":{}}]})", first);
    copied = copy(*root, arena);
    root->find("a")->items()[1].set_string("changed");
  }
  EXPECT_EQ(write_json(*copied), R"({"a":[1.50,"x",null,true,{"b":{}}]})");
}

TEST(Json, ComparesKindsTextsAndOrder) {
  Arena arena;
  const auto same = [&](std::string_view a, std::string_view b) {
    return equal(**read_json(a, arena), **read_json(b, arena));
  };
  EXPECT_TRUE(same(R"({"a":[1,{"b":"c"}]})", R"( { "a" : [ 1, { "b" : "\u0063" } ] } )"));
  EXPECT_FALSE(same("1.0", "1.00"));
  EXPECT_FALSE(same("1", "\"1\""));
  EXPECT_FALSE(same("true", "false"));
  EXPECT_FALSE(same("[]", "{}"));
  EXPECT_FALSE(same("[1,2]", "[2,1]"));
  EXPECT_FALSE(same("[1]", "[1,1]"));
  EXPECT_FALSE(same(R"({"a":1,"b":2})", R"({"b":2,"a":1})"));
  EXPECT_TRUE(same("null", "null"));
}

TEST(Json, SealedIsSharedAndStaysAsItIs) {
  Arena kept;
  Json seal;
  {
    Arena arena;
    seal = read_json(R"({"a":[{"b":"x\n"},1.50],"c":true})", arena).value()->sealed(kept);
  }
  EXPECT_EQ(seal.sealed_text(), R"({"a":[{"b":"x\n"},1.50],"c":true})");
  Arena arena;
  Json tree;
  tree.set_object();
  Json& mine = tree.add(arena, "mine");
  mine = seal;
  EXPECT_EQ(write_json(tree), R"({"mine":{"a":[{"b":"x\n"},1.50],"c":true}})");
  EXPECT_THROW(mine.remove("a"), std::logic_error);
  mine.add(arena, "d").set_boolean(false);
  EXPECT_EQ(write_json(tree), R"({"mine":{"a":[{"b":"x\n"},1.50],"c":true,"d":false}})");
  EXPECT_TRUE(mine.remove("a"));
  EXPECT_EQ(write_json(seal), R"({"a":[{"b":"x\n"},1.50],"c":true})");
  Json* const copied = copy(seal, arena);
  EXPECT_TRUE(copied->remove("c"));
  EXPECT_TRUE(equal(*read_json(write_json(seal), arena).value(), seal));
  Json empty;
  empty.set_array();
  EXPECT_EQ(write_json(empty.sealed(kept)), "[]");
}

}  // namespace
}  // namespace yilian::fhir
