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

TEST(Config, BrokenAndHostileFilesAreRefused) {
  const auto broken = read_text("a: [1, 2\nb: 3\n", "b.yaml");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().where.substr(0, 7), "b.yaml:");
  EXPECT_FALSE(read_text(std::string(100'000, '['), "deep.yaml"));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k ? ", " : "") + below;
    bomb += "]\n";
  }
  EXPECT_FALSE(read_text(bomb, "bomb.yaml"));
  EXPECT_FALSE(read_file("/nowhere/at/all.yaml"));
}

}  // namespace
}  // namespace yilian::config
