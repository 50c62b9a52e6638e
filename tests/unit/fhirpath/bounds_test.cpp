// Hostile expressions end with an Issue.

#include "tests/unit/fhirpath/fixture.h"

namespace yilian::fhirpath {
namespace {

class Bounds : public Evaluation {
 protected:
  std::string issue(std::string_view text) {
    const Texts result = value(text);
    return result.empty() ? "nothing" : result.front().substr(0, 120);
  }
};

std::string repeated(std::string_view part, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += part;
  return out;
}

TEST_F(Bounds, OfDepth) {
  EXPECT_THAT(issue(repeated("(", 10'000) + "1"), ::testing::HasSubstr("More than 250 levels"));
  EXPECT_THAT(issue(repeated("-", 10'000) + "1"), ::testing::HasSubstr("Too many signs"));
  EXPECT_THAT(issue("id" + repeated(".id", 10'000)), ::testing::HasSubstr("More than 250 levels"));
  EXPECT_THAT(issue("1" + repeated("+1", 10'000)), ::testing::HasSubstr("More than 250 levels"));
  EXPECT_THAT(issue(repeated("a[", 1000)), ::testing::HasSubstr("More than 250 levels"));
  EXPECT_THAT(issue(repeated(" ", 70'000) + "1"), ::testing::HasSubstr("more than 64 KiB"));
}

TEST_F(Bounds, OfStepsAndItems) {
  context_.limits.steps = 100'000;
  const std::string ten = "(0|1|2|3|4|5|6|7|8|9)";
  const std::string all = ten + repeated(".select(" + ten + ")", 8);
  EXPECT_THAT(issue(all), ::testing::HasSubstr("too many steps"));
  context_.limits = {};
  context_.limits.items = 1000;
  EXPECT_THAT(issue(all), ::testing::HasSubstr("A collection of more than 1000 items"));
}

TEST_F(Bounds, OfRepetition) {
  context_.limits.steps = 100'000;
  EXPECT_THAT(issue("(1).repeat($this + 1)"), ::testing::HasSubstr("too many steps"));
  EXPECT_THAT(issue("(1).repeat($this | $this + 1)"), ::testing::HasSubstr("too many steps"));
}

TEST_F(Bounds, OfRepetitionWithinRepetition) {
  const Options typed{.type = fhir::type("Patient"), .strict = true};
  const std::string nested = repeated("repeat(", 100) + "contact" + repeated(")", 100);
  const auto compiled = Expression::compile(nested, typed);
  ASSERT_FALSE(compiled);
  EXPECT_THAT(compiled.error().line(), ::testing::HasSubstr("repeat() within each other"));
  EXPECT_TRUE(Expression::compile("repeat(repeat(repeat(contained)))", typed));
}

TEST_F(Bounds, OfWorkOnLongTexts) {
  const std::string ten = "(0|1|2|3|4|5|6|7|8|9)";
  const std::string long_text =
      "defineVariable('t', " + ten + ".select('" + repeated("a", 6000) + "').join('')).select(";
  const std::string many = ten + repeated(".select(" + ten + ")", 4);
  EXPECT_THAT(issue(long_text + many + ".where(%t.contains(%t & 'b')))"), ::testing::HasSubstr("too many steps"));
  EXPECT_THAT(issue(long_text + many + ".where(%t < %t))"), ::testing::HasSubstr("too many steps"));
  EXPECT_THAT(issue(long_text + many + ".where(%t.matches('(a|b|c){50}$')))"), ::testing::HasSubstr("too many steps"));
  EXPECT_THAT(issue(long_text + many + ".select(%t))"), ::testing::HasSubstr("too many steps"));
  EXPECT_THAT(issue(many + ".where('a'.matches('b' & $this.toString()))"), ::testing::HasSubstr("too many steps"));
}

TEST_F(Bounds, OfTexts) {
  const std::string ten = "(0|1|2|3|4|5|6|7|8|9)";
  EXPECT_THAT(issue(ten + ".select(" + ten + ").aggregate($total & $total & 'x', 'x')"),
              ::testing::HasSubstr("A text of more than"));
  EXPECT_THAT(issue(ten + ".aggregate($total.replace('', 'abcdefghij'), 'x').length()"),
              ::testing::HasSubstr("A text of more than"));
  EXPECT_THAT(issue(ten + ".aggregate($total.encode('hex').encode('hex').encode('hex'), 'x').length()"),
              ::testing::HasSubstr("A text of more than"));
}

TEST_F(Bounds, OfRegularExpressions) {
  EXPECT_THAT(issue("'x'.matches('((a{100}){100}){100}')"), ::testing::HasSubstr("regular expression cannot be used"));
  EXPECT_EQ(value("'" + repeated("a", 5000) + "b'.matches('^(a+)+$')"), Texts{"false"});
  EXPECT_THAT(issue("'x'.matches('a')" + repeated(" | 'x'.matches('a')", 70)),
              ::testing::HasSubstr("regular expressions"));
}

}  // namespace
}  // namespace yilian::fhirpath
