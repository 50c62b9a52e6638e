#include "engine/units/factor.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace yilian::units {
namespace {

constexpr int kExact = 27;  // 10^27 still fits 64 bits of mantissa
constexpr int kDigits = 12;

constexpr std::array<long double, kExact + 1> kTens = [] {
  std::array<long double, kExact + 1> tens{};
  long double power = 1;
  for (long double& each : tens) {
    each = power;
    power *= 10;
  }
  return tens;
}();

long double ten_to(int exponent) {  // exponent >= 0
  return exponent <= kExact ? kTens[static_cast<std::size_t>(exponent)] : std::pow(10.0L, exponent);
}

long double scaled(long double value, int tens) { return tens >= 0 ? value * ten_to(tens) : value / ten_to(-tens); }

// The power of ten of the first digit of a positive number.
int first_digit(long double value) {
  int twos = 0;
  std::frexp(value, &twos);
  int tens = static_cast<int>(std::floor((twos - 1) * 0.30102999566398119521L));
  if (scaled(1, tens + 1) <= value) ++tens;
  return tens;
}

}  // namespace

void Factor::multiply(const Factor& by) {
  mantissa *= by.mantissa;
  tens += by.tens;
}

void Factor::divide(const Factor& by) {
  mantissa /= by.mantissa;
  tens -= by.tens;
}

Factor Factor::power(int exponent) const {
  Factor result;
  for (int i = std::abs(exponent); i > 0; --i) result.multiply(*this);
  if (exponent >= 0) return result;
  Factor inverse;
  inverse.divide(result);
  return inverse;
}

long double Factor::times(long double value) const { return scaled(value * mantissa, tens); }
long double Factor::into(long double value) const { return scaled(value / mantissa, -tens); }

std::optional<Factor> read_factor(std::string_view decimal) {
  constexpr std::size_t kMostDigits = 18;  // of which any number fits std::int64_t
  const std::size_t exponent_at = decimal.find_first_of("eE");
  std::string digits;
  int tens = 0;
  bool fraction = false;
  for (const char c : decimal.substr(0, exponent_at)) {
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9') {
      digits.push_back(c);
      tens -= fraction ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  if (exponent_at != std::string_view::npos) {
    const std::string_view text = decimal.substr(exponent_at + 1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || end != text.data() + text.size() || std::abs(exponent) > 300) return std::nullopt;
    tens += exponent;
  }
  if (digits.size() > kMostDigits) {  // pi: more than a long double tells apart
    tens += static_cast<int>(digits.size() - kMostDigits) - 1;
    digits.resize(kMostDigits + 1);
  }
  std::uint64_t mantissa = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mantissa);
  if (error != std::errc() || end != digits.data() + digits.size() || mantissa == 0) return std::nullopt;
  return Factor{static_cast<long double>(mantissa), tens};
}

double rounded(long double value) {
  if (value == 0 || !std::isfinite(value)) return value == 0 ? 0 : static_cast<double>(value);
  const long double size = std::fabs(value);
  const int shift = kDigits - 1 - first_digit(size);
  const long double whole = std::round(scaled(size, shift));
  return static_cast<double>(std::copysign(scaled(whole, -shift), value));
}

}  // namespace yilian::units
