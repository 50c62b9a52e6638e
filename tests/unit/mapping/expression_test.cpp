#include "engine/mapping/expression.h"

#include <gtest/gtest.h>

namespace yilian::mapping {
namespace {

// The tree in brackets, so that precedence is seen.
std::string shown(const Expression& e) {
  const char* const names[] = {"or", "and", "not", "cmp", "in", "matches", "", "", "??", "call"};
  if (e.op == Expression::Op::path) return e.text;
  if (e.op == Expression::Op::literal) return "'" + e.text + "'";
  std::string out = std::string("(") + names[static_cast<int>(e.op)];
  if (!e.text.empty()) out += ":" + e.text;
  for (const Expression& arg : e.args) out += " " + shown(arg);
  return out + ")";
}

std::string condition(std::string_view text) {
  const auto parsed = parse_condition(text);
  return parsed ? shown(*parsed) : "error: " + parsed.error().what;
}

TEST(Expression, AndBindsTighterThanOr) {
  EXPECT_EQ(condition("PID-1 or PID-2 and not PID-3.1"), "(or PID-1 (and PID-2 (not PID-3.1)))");
  EXPECT_EQ(condition("(PID-1 or PID-2) and PID-3"), "(and (or PID-1 PID-2) PID-3)");
}

TEST(Expression, ComparesAndLists) {
  EXPECT_EQ(condition("OBX-2 = \"NM\""), "(cmp:= OBX-2 'NM')");
  EXPECT_EQ(condition("length(PID-7) >= 8"), "(cmp:>= (call:length PID-7) '8')");
  EXPECT_EQ(condition("OBX-2 not in (\"ST\", \"TX\")"), "(not (in OBX-2 'ST' 'TX'))");
  EXPECT_EQ(condition("PID-7 matches \"^\\d{8}$\""), "(matches:^\\d{8}$ PID-7)");
  EXPECT_EQ(condition("OBR-3 ?? OBR-2 = \"1\""), "(cmp:= (?? OBR-3 OBR-2) '1')");
  EXPECT_EQ(condition("made(Observation[2]) and count(OBX) > 1"),
            "(and (call:made 'Observation[2]') (cmp:> (call:count OBX) '1'))");
}

TEST(Expression, PicksTypesInOrder) {
  EXPECT_EQ(condition("pick(PID-3, \"MR\", first)"), "(call:pick PID-3 'MR' (call:first))");
}

TEST(Expression, SaysWhatIsWrong) {
  EXPECT_EQ(condition("PID-8 = M"),
            "error: expected a field like PID-3.1 (texts stand in quotes) at 'M' (character 9)");
  EXPECT_EQ(condition("PID-8 ="),
            "error: expected a field, a text in quotes, a number or a function at '' (character 8)");
  EXPECT_EQ(condition("PID-8 PID-9"), "error: expected the end at 'PID-9' (character 7)");
  EXPECT_EQ(condition("(PID-8"), "error: expected ')' at '' (character 7)");
  EXPECT_EQ(condition("PID-8 in ()").substr(0, 6), "error:");
  EXPECT_EQ(condition("\"open").substr(0, 6), "error:");
}

TEST(Expression, DepthIsBounded) {
  std::string open(1000, '('), nots;
  open += "PID-1";
  EXPECT_EQ(condition(open).substr(0, 6), "error:");
  for (int i = 0; i < 900; ++i) nots += "not ";
  nots += "PID-1";
  EXPECT_EQ(condition(nots), "error: an expression nested too deeply");
  EXPECT_EQ(condition(std::string(5000, ' ')).substr(0, 6), "error:");
}

TEST(Path, ReadsFieldsComponentsAndValues) {
  PathName path;
  ASSERT_TRUE(parse_path("PID-3.4.2", path));
  EXPECT_TRUE(path.segment);
  EXPECT_EQ(path.head + std::to_string(path.field) + std::to_string(path.component) + std::to_string(path.subcomponent),
            "PID342");
  ASSERT_TRUE(parse_path("CX.4.1", path));
  EXPECT_FALSE(path.segment);
  EXPECT_EQ(path.component, 4u);
  EXPECT_EQ(path.subcomponent, 1u);
  ASSERT_TRUE(parse_path(".", path));
  EXPECT_EQ(path.head, ".");
  ASSERT_TRUE(parse_path("ORC", path));
  EXPECT_TRUE(path.segment);
  for (const char* wrong :
       {"", "pid-3", "PID-", "PID-0", "PID-3.", "PID-3.1.2.3", "PIDX-3", "CX", "3", "PID-99999", "PID-3 "})
    EXPECT_FALSE(parse_path(wrong, path)) << wrong;
}

}  // namespace
}  // namespace yilian::mapping
