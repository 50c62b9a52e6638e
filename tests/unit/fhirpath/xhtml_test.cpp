#include "engine/fhirpath/xhtml.h"

namespace yilian::fhirpath {
namespace {

bool narrative(std::string_view inside) {
  return is_narrative("<div xmlns=\"http://www.w3.org/1999/xhtml\">" + std::string(inside) + "</div>");
}

TEST(Narrative, IsADivWithAllowedElements) {
  EXPECT_TRUE(narrative("<p>王 &amp; <b title='x'>b</b><br/></p>"));
  EXPECT_TRUE(narrative("<table border=\"1\"><tr><td colspan=\"2\">x</td></tr></table><!-- remark -->"));
  EXPECT_TRUE(narrative("<a href=\"http://a.example/x?a=1&amp;b=2\">x</a>&#xA0;&nbsp;"));
  EXPECT_TRUE(narrative("<img src=\"#pic\" alt=\"x\"/>"));
}

TEST(Narrative, HasContent) {
  EXPECT_FALSE(narrative("  <p> </p>"));
  EXPECT_FALSE(is_narrative("<div xmlns=\"http://www.w3.org/1999/xhtml\"/>"));
  EXPECT_FALSE(is_narrative(""));
}

TEST(Narrative, RunsNothing) {
  EXPECT_FALSE(narrative("<script>x</script>"));
  EXPECT_FALSE(narrative("<p onclick=\"x()\">x</p>"));
  EXPECT_FALSE(narrative("<a href=\"javascript:x()\">x</a>"));
  EXPECT_FALSE(narrative("<a href=\" java&#115;cript:x()\">x</a>"));
  EXPECT_FALSE(narrative("<iframe src=\"x\">x</iframe>"));
  EXPECT_FALSE(narrative("<form><input value=\"x\"/></form>"));
  EXPECT_FALSE(narrative("<?x y?>x"));
  EXPECT_FALSE(narrative("<![CDATA[x]]>"));
}

TEST(Narrative, IsWellFormed) {
  EXPECT_FALSE(narrative("<p>x"));
  EXPECT_FALSE(narrative("<p><b>x</p></b>"));
  EXPECT_FALSE(narrative("<p class=x>x</p>"));
  EXPECT_FALSE(narrative("<p class=\"a\" class=\"b\">x</p>"));
  EXPECT_FALSE(narrative("x & y"));
  EXPECT_FALSE(is_narrative("<div>x</div>"));
  EXPECT_FALSE(is_narrative("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>y"));
  EXPECT_FALSE(is_narrative("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>"));
}

}  // namespace
}  // namespace yilian::fhirpath
