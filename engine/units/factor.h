#pragma once
// A positive number as mantissa and power of ten: powers of ten, of which units are full, stay exact.

#include <optional>
#include <string_view>

namespace yilian::units {

struct Factor {
  long double mantissa = 1;
  int tens = 0;

  void multiply(const Factor& by);
  void divide(const Factor& by);
  Factor power(int exponent) const;
  long double times(long double value) const;
  long double into(long double value) const;  // value / factor
};

// "5", "6.02214076", "1e-24"; nothing for another text or one that is not positive.
std::optional<Factor> read_factor(std::string_view decimal);

// To 12 significant digits; the same double for all that round to the same decimal.
double rounded(long double value);

}  // namespace yilian::units
