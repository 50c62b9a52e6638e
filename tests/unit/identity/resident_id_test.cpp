#include "engine/identity/resident_id.h"

namespace yilian::identity {
namespace {

TEST(ResidentId, TakesARightOneApart) {
  const auto id = resident_id("11010519491231002X");  // the example of GB 11643
  ASSERT_TRUE(id);
  EXPECT_EQ(id->birth_date, "1949-12-31");
  EXPECT_FALSE(id->male);
  EXPECT_EQ(resident_id("11010519491231002x")->number, "11010519491231002X");
}

TEST(ResidentId, OneWrongDigitIsNoNumber) {
  const std::string right = "11010519491231002X";
  for (std::size_t i = 0; i < 17; ++i) {
    std::string wrong = right;
    wrong[i] = wrong[i] == '9' ? '0' : static_cast<char>(wrong[i] + 1);
    EXPECT_FALSE(resident_id(wrong)) << wrong;
  }
}

TEST(ResidentId, FormAndDateMatter) {
  EXPECT_FALSE(resident_id(""));
  EXPECT_FALSE(resident_id("11010519491231002"));
  EXPECT_FALSE(resident_id("11010519491331002X"));
  EXPECT_FALSE(resident_id("A1010519491231002X"));
}

}  // namespace
}  // namespace yilian::identity
