// The UCUM functional tests: which units are valid, and what values are in other units.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "engine/units/ucum.h"

namespace yilian::units {
namespace {

std::vector<std::vector<std::string>> cases(const std::string& kind) {
  std::ifstream in(YILIAN_SOURCE_DIR "/tests/unit/units/ucum-cases.tsv");
  std::vector<std::vector<std::string>> found;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> fields;
    std::istringstream fields_in(line);
    for (std::string field; std::getline(fields_in, field, '\t');) fields.push_back(field);
    if (!fields.empty() && fields[0] == kind) found.push_back(fields);
  }
  return found;
}

TEST(UcumFunctionalTests, Validity) {
  const auto all = cases("V");
  ASSERT_EQ(all.size(), 529u);
  for (const auto& each : all) {
    const std::string unit = each.size() > 2 ? each[2] : "";
    const auto read = dimension(unit);
    EXPECT_EQ(read.has_value(), each[1] == "true") << unit << ": " << (read ? *read : read.error().line());
  }
}

// An outcome is told with the digits that its value has.
double last_digit(const std::string& decimal) {
  const std::size_t e = decimal.find('e');
  const std::string digits = decimal.substr(0, e);
  const std::size_t point = digits.find('.');
  const int exponent = e == std::string::npos ? 0 : std::stoi(decimal.substr(e + 1));
  return std::pow(10.0, exponent - (point == std::string::npos ? 0 : static_cast<int>(digits.size() - point - 1)));
}

TEST(UcumFunctionalTests, Conversion) {
  const auto all = cases("C");
  ASSERT_EQ(all.size(), 30u);
  for (const auto& each : all) {
    const auto value = convert(std::stod(each[1]), each[2], each[3]);
    const double expected = std::stod(each[4]);
    ASSERT_TRUE(value) << each[2] << " to " << each[3];
    EXPECT_NEAR(*value, expected, last_digit(each[4]) / 2 + std::abs(expected) * 1e-11) << each[2] << " to " << each[3];
  }
}

}  // namespace
}  // namespace yilian::units
