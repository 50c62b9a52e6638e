#include "engine/validation/discriminator.h"

#include <gtest/gtest.h>

namespace yilian::validation {
namespace {

std::string shown(std::string_view text) {
  const auto path = read_discriminator_path(text);
  if (!path) return "refused";
  std::string out;
  for (const PathStep& step : *path) {
    constexpr const char* kinds[]{"child", "extension", "resolve", "of"};
    out += (out.empty() ? "" : ", ") + std::string(kinds[static_cast<std::size_t>(step.kind)]) + ' ' + step.name;
  }
  return out;
}

TEST(Discriminator, ReadsItsPartOfFhirPath) {
  EXPECT_EQ(shown("$this"), "");
  EXPECT_EQ(shown("code.coding"), "child code, child coding");
  EXPECT_EQ(shown("$this.value[x].ofType(Quantity)"), "child value, of Quantity");
  EXPECT_EQ(shown("extension('http://a.b/c').value"), "extension http://a.b/c, child value");
  EXPECT_EQ(shown("resolve().code"), "resolve , child code");
}

TEST(Discriminator, RefusesTheRest) {
  for (const char* each : {"a.first()", "a[0]", "extension(x)", "a..b", "where(a)", "ofType()"})
    EXPECT_EQ(shown(each), "refused") << each;
}

}  // namespace
}  // namespace yilian::validation
