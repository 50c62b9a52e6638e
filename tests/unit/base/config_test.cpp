#include "engine/base/config.h"

namespace yilian::config {
namespace {

Node read(std::string text) {
  auto node = read_text(std::move(text), "a.yaml");
  EXPECT_TRUE(node) << (node ? "" : node.error().line());
  return node ? *node : Node();
}

TEST(Config, ValuesKnowTheirPlace) {
  const Node node = read("a: 1\nb:\n  c: [x, y]\n");
  EXPECT_EQ(node["a"].place(), "a.yaml:1");
  EXPECT_EQ(node["b"]["c"].place(), "a.yaml:3");
  EXPECT_EQ(node["b"]["c"].items().size(), 2u);
  EXPECT_EQ(node["b"]["missing"].place(), "a.yaml:3");
  EXPECT_FALSE(node["b"]["missing"]["deeper"]);
  EXPECT_FALSE(Node()["x"]);
}

TEST(Config, UnknownSettingsAreToldWithTheNearestKnownOne) {
  const Node node = read("listen: x\nlisen: y\n");
  const auto checked = node.only({"listen", "name"});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().where, "a.yaml:2");
  EXPECT_EQ(checked.error().cure, "did you mean 'listen'?");
  const auto far = read("zzzzzz: 1\n").only({"listen", "name"});
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().cure, "known here: listen, name");
}

TEST(Config, SizesAndDurations) {
  const Node node = read("a: 64MB\nb: 10\nc: 64 MB\nd: 300ms\ne: 5m\nf: 5\ng: 99999999GB\n");
  EXPECT_EQ(*node["a"].need_bytes(), 64u << 20);
  EXPECT_EQ(*node["b"].need_bytes(), 10u);
  EXPECT_FALSE(node["c"].need_bytes());
  EXPECT_EQ(*node["d"].need_duration(), 300'000);
  EXPECT_EQ(*node["e"].need_duration(), 300'000'000);
  EXPECT_FALSE(node["f"].need_duration());
  EXPECT_FALSE(node["g"].need_bytes());
  EXPECT_FALSE(node["absent"].need_bytes());
}

TEST(Config, NumbersAndTruth) {
  const Node node = read("n: 70000\nb: yes\nx: maybe\n");
  EXPECT_FALSE(node["n"].need_integer(0, 65535));
  EXPECT_EQ(*node["n"].need_integer(0, 70000), 70000);
  EXPECT_TRUE(*node["b"].need_boolean());
  EXPECT_FALSE(node["x"].need_boolean());
}

TEST(Config, QuotedScalarsAreKnown) {
  const Node node = read("a: \"01\"\nb: 01\n");
  EXPECT_TRUE(node["a"].quoted());
  EXPECT_FALSE(node["b"].quoted());
}

TEST(Config, WhatIsWrittenInQuotesOrAsABlockIsText) {
  const Node node = read("a: \"\"\nb: 'null'\nc: |\n  one\n  two\nd: >-\n  one\n  two\ne: !!str\n");
  EXPECT_EQ(*node["a"].text(), "");
  EXPECT_EQ(*node["b"].text(), "null");
  EXPECT_EQ(*node["c"].text(), "one\ntwo\n");
  EXPECT_TRUE(node["c"].quoted());
  EXPECT_EQ(*node["d"].text(), "one two");
  EXPECT_EQ(*node["e"].text(), "");
  EXPECT_FALSE(node["e"].quoted());
}

TEST(Config, NothingWrittenIsAbsentButHasAPlace) {
  const Node node = read("a:\nb: ~\nc: null\nd: [x, NULL, ]\n");
  for (const char* key : {"a", "b", "c"}) {
    EXPECT_FALSE(node[key]) << key;
    EXPECT_FALSE(node[key].text()) << key;
    EXPECT_TRUE(node[key].items().empty()) << key;
  }
  EXPECT_EQ(node["b"].place(), "a.yaml:2");
  ASSERT_EQ(node["d"].items().size(), 2u);
  EXPECT_FALSE(node["d"].items()[1]);
  for (const char* nothing : {"", "# a comment\n", "---\n"}) {
    EXPECT_FALSE(read(nothing)) << nothing;
    EXPECT_EQ(read(nothing)["a"].file(), "a.yaml") << nothing;
  }
}

TEST(Config, ANameThatStandsTwiceIsAnErrorAtItsPlace) {
  for (const char* text : {"b: 0\na: 1\na: 2\n", "x:\n  - {a: 1, c: 3,\n    'a': 2}\n", "b: 0\n? a\n:\na:\n"}) {
    const auto found = read_text(text, "a.yaml");
    ASSERT_FALSE(found) << text;
    EXPECT_NE(found.error().line().find("'a' stands twice, first in line 2"), std::string::npos) << found.error().line();
    EXPECT_NE(found.error().line().find("a.yaml:"), std::string::npos) << found.error().line();
  }
  EXPECT_TRUE(read_text("a: {b: 1}\nc: {b: 1}\n", "a.yaml"));
}

TEST(Config, AnAliasIsTheValueThatItNames) {
  const Node node = read("a: &x {k: [1, 2]}\nb: *x\nc: &x 3\nd: *x\n*x : e\n");
  EXPECT_EQ(node["b"]["k"].items().size(), 2u);
  EXPECT_EQ(node["b"].place(), "a.yaml:1");
  EXPECT_EQ(*node["d"].text(), "3");
  EXPECT_EQ(*node["3"].text(), "e");
}

TEST(Config, ANodeOutlivesItsRoot) {
  Node below;
  {
    const Node root = read("a: {b: kept}\n");
    below = root["a"];
  }
  EXPECT_EQ(*below["b"].text(), "kept");
  const Node taken = std::move(below);
  EXPECT_TRUE(taken);
  EXPECT_FALSE(below);  // NOLINT(bugprone-use-after-move): a node that was moved from is absent
  EXPECT_FALSE(below["b"].text());
}

struct Refused {
  const char* text;
  const char* where;
  const char* what;  // a piece of it
};

TEST(Config, WhatCannotBeReadIsToldWithPlaceAndCure) {
  for (const Refused& each : {
           Refused{"a: [1, 2\nb: 3\n", "a.yaml:2", "begun in line 1"},
           Refused{"a: 1\n  b: 2\n", "a.yaml:2", "mapping values are not allowed"},
           Refused{"a: \"x\nb: 1\n", "a.yaml:3", "begun in line 1"},
           Refused{"a:\n\tb: 1\n", "a.yaml:2", "cannot start any token"},
           Refused{"[a]\nb: 2\n", "a.yaml:2", "goes on with nothing above"},
           Refused{"a: ::1\nb: [::1]\n", "a.yaml:2", "flow"},
           Refused{"a: 1\n---\nb: 2\n", "a.yaml:2", "second document"},
           Refused{"a: 1\nb: \xD5\xC5\xC8\xFD\n", "a.yaml:2", "UTF-8"},
           Refused{"a: 1\nb: x\x01\n", "a.yaml:2", "control characters"},
           Refused{"a: 1\nb: *x\n", "a.yaml:2", "*x names nothing"},
           Refused{"a: 1\nb: &x [1, [*x]]\n", "a.yaml:2", "within the value"},
           Refused{"a: 1\n{b: 2}: 3\n", "a.yaml:2", "where a name is wanted"},
           Refused{"a: &x [1]\n*x : 3\n", "a.yaml:2", "where a name is wanted"},
       }) {
    const auto node = read_text(each.text, "a.yaml");
    ASSERT_FALSE(node) << each.text;
    EXPECT_EQ(node.error().code, Code::bad_config) << each.text;
    EXPECT_EQ(node.error().where, each.where) << each.text;
    EXPECT_NE(node.error().what.find(each.what), std::string::npos) << node.error().line();
    EXPECT_FALSE(node.error().cure.empty()) << each.text;
  }
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(Config, DepthIsBounded) {
  EXPECT_TRUE(read_text(nested(65), "a.yaml"));
  const auto deep = read_text("a: 1\nb: " + nested(65), "a.yaml");
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, Code::too_deep);
  EXPECT_EQ(deep.error().where, "a.yaml:2");
  EXPECT_FALSE(deep.error().cure.empty());
  for (const char* piece : {"[", "{a: ", "- "}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    EXPECT_FALSE(read_text(text, "a.yaml")) << piece;
  }
  // By way of aliases: each is one deeper than the last.
  std::string stair = "- &a0 [x]\n";
  for (int i = 1; i < 62; ++i) stair += "- &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  EXPECT_TRUE(read_text(stair, "a.yaml"));
  stair += "- &b [*a61]\n- [*b]\n";
  const auto climbed = read_text(stair, "a.yaml");
  ASSERT_FALSE(climbed);
  EXPECT_EQ(climbed.error().code, Code::too_deep);
}

TEST(Config, SizeIsBounded) {
  EXPECT_EQ(read_text(std::string((16u << 20) + 1, 'x'), "a.yaml").error().code, Code::too_large);
  std::string many;
  while (many.size() < 5'000'000) many += "-\n";
  EXPECT_EQ(read_text(many, "a.yaml").error().code, Code::too_large);
  std::string tags;
  while (tags.size() < 15'000'000) tags += "%TAG !a" + std::to_string(tags.size()) + "! x\n";
  EXPECT_EQ(read_text(tags + "---\na: 1\n", "a.yaml").error().code, Code::too_large);
  // Aliases count as what they stand for: this one would be a thousand million values.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k ? ", " : "") + below;
    bomb += "]\n";
  }
  const auto exploded = read_text(bomb, "a.yaml");
  ASSERT_FALSE(exploded);
  EXPECT_EQ(exploded.error().code, Code::too_large);
  EXPECT_FALSE(exploded.error().cure.empty());
}

TEST(Config, FilesThatAreNoneAreToldByTheirPath) {
  const auto absent = read_file("/nowhere/at/all.yaml");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().where, "/nowhere/at/all.yaml");
  EXPECT_FALSE(read_file("/"));
  EXPECT_EQ(read_bytes("/dev/zero").value().size(), (16u << 20) + 1);  // read_text refuses it
  EXPECT_FALSE(read_file("/dev/zero"));
  EXPECT_GT(read_bytes("/proc/self/status").value().size(), 500u);  // it tells no size, and is read to its end
}

}  // namespace
}  // namespace yilian::config
