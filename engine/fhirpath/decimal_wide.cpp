// What needs more than 128 bits on its way, and the functions whose results never end: all that uses
// Boost.Multiprecision.

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>

#include "engine/fhirpath/decimal.h"

namespace yilian::fhirpath {
namespace {

using Wide = boost::multiprecision::int512_t;
using Real = boost::multiprecision::cpp_dec_float_50;

Wide ten_to(int power) { return boost::multiprecision::pow(Wide(10), static_cast<unsigned>(power)); }

// value * 10^-scale, rounded (half away from zero) until it fits.
std::optional<Decimal> fit(Wide value, int scale) {
  static const Wide limit = ten_to(Decimal::kMostDigits);
  int drop = std::max(0, scale - Decimal::kMostDigits);
  while (abs(value / ten_to(drop)) >= limit) ++drop;
  if (drop > scale) return std::nullopt;
  if (drop > 0) {
    const Wide unit = ten_to(drop);
    const Wide rest = abs(value % unit);
    const bool negative = value < 0;
    value /= unit;
    if (rest * 2 >= unit) value += negative ? -1 : 1;
    scale -= drop;
  }
  return Decimal::make(value.convert_to<Int128>(), scale);
}

Real real(const Decimal& value) { return Real(value.text()); }

std::optional<Decimal> decimal(const Real& value) {
  static const Real limit("1e38");
  if (!isfinite(value) || abs(value) >= limit) return std::nullopt;
  // 28 digits behind the point, or as many as there is room for.
  int whole_digits = 1;
  for (Real rest = abs(value); rest >= 10; rest /= 10) ++whole_digits;
  const int scale = std::min(Decimal::kQuotientScale, Decimal::kMostDigits - whole_digits);
  const auto read = Decimal::parse(value.str(scale, std::ios_base::fixed));
  if (!read) return std::nullopt;
  return read->stripped();
}

}  // namespace

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
  Int128 product = 0;
  const int scale = a.scale() + b.scale();
  if (!__builtin_mul_overflow(a.coefficient(), b.coefficient(), &product)) {
    if (const auto made = Decimal::make(product, scale)) return made;
  }
  return fit(Wide(a.coefficient()) * Wide(b.coefficient()), scale);
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  // a/10^sa : b/10^sb, times 10^28, with one digit more to round by.
  Wide numerator = Wide(a.coefficient()) * ten_to(Decimal::kQuotientScale + 1 + b.scale());
  const Wide denominator = Wide(b.coefficient()) * ten_to(a.scale());
  numerator /= denominator;
  const bool negative = numerator < 0;
  Wide rounded = abs(numerator) + 5;
  rounded /= 10;
  if (negative) rounded = -rounded;
  const auto made = fit(rounded, Decimal::kQuotientScale);
  if (!made) return std::nullopt;
  return made->stripped();
}

std::optional<Decimal> square_root(const Decimal& a) {
  if (a.is_negative()) return std::nullopt;
  return decimal(sqrt(real(a)));
}

std::optional<Decimal> exponential(const Decimal& a) {
  if (a > Decimal(100)) return std::nullopt;
  if (a < Decimal(-100)) return Decimal();
  return decimal(exp(real(a)));
}

std::optional<Decimal> natural_logarithm(const Decimal& a) {
  if (a <= Decimal()) return std::nullopt;
  return decimal(log(real(a)));
}

std::optional<Decimal> logarithm(const Decimal& a, const Decimal& base) {
  if (a <= Decimal() || base <= Decimal() || base == Decimal(1)) return std::nullopt;
  return decimal(log(real(a)) / log(real(base)));
}

std::optional<Decimal> power(const Decimal& a, const Decimal& exponent) {
  if (a.is_zero() && exponent.is_negative()) return std::nullopt;
  if (a.is_negative() && !exponent.is_whole()) return std::nullopt;
  if (a.is_zero()) return exponent.is_zero() ? Decimal(1) : Decimal();
  const Real magnitude = abs(exponent.is_zero() ? Real(0) : real(exponent) * log10(abs(real(a))));
  if (magnitude > 100) return real(exponent) * log10(abs(real(a))) < 0 ? std::optional(Decimal()) : std::nullopt;
  const Real made = pow(abs(real(a)), real(exponent));
  const bool odd = exponent.is_whole() && exponent.truncated(0).coefficient() % 2 != 0;
  return decimal(a.is_negative() && odd ? Real(-made) : made);
}

}  // namespace yilian::fhirpath
