#include "engine/units/special.h"

#include <cmath>

namespace yilian::units {
namespace {

constexpr long double kIce = 273.15L;         // 0 Cel in K
constexpr long double kFahrenheit = 459.67L;  // 0 K below 0 [degF]

// Homeopathic potencies: each step thins by so much.
long double thinning(Function function) {
  switch (function) {
    case Function::hpx:
    case Function::ph:
      return 10;
    case Function::hpc:
      return 100;
    case Function::hpm:
      return 1000;
    default:
      return 50000;
  }
}

}  // namespace

bool is_linear(Function function) {
  return function == Function::none || function == Function::cel || function == Function::degf ||
         function == Function::degre;
}

long double to_base(const Unit& unit, long double value) {
  const long double x = unit.prefix.times(value);
  switch (unit.function) {
    case Function::none:
      return unit.factor.times(x);
    case Function::cel:
    case Function::degre:
      return unit.factor.times(x) + kIce;
    case Function::degf:
      return unit.factor.times(x + kFahrenheit);
    case Function::tan100:
      return std::atan(x / 100);  // radians, whatever angle the table names
    case Function::hpx:
    case Function::hpc:
    case Function::hpm:
    case Function::hpq:
    case Function::ph:
      return unit.factor.times(std::pow(thinning(unit.function), -x));
    case Function::ln:
      return unit.factor.times(std::exp(x));
    case Function::lg:
      return unit.factor.times(std::pow(10.0L, x));
    case Function::lg2:
      return unit.factor.times(std::pow(10.0L, x / 2));
    case Function::sqrt:
      return unit.factor.times(x * x);
    case Function::ld:
      return unit.factor.times(std::exp2(x));
  }
  return std::nanl("");
}

long double from_base(const Unit& unit, long double value) {
  const auto within = [&unit](long double x) { return unit.prefix.into(x); };
  switch (unit.function) {
    case Function::none:
      return unit.factor.into(value);
    case Function::cel:
    case Function::degre:
      return within(unit.factor.into(value - kIce));
    case Function::degf:
      return within(unit.factor.into(value) - kFahrenheit);
    case Function::tan100:
      return within(std::tan(value) * 100);
    case Function::hpx:
    case Function::hpc:
    case Function::hpm:
    case Function::hpq:
    case Function::ph:
      return within(-std::log(unit.factor.into(value)) / std::log(thinning(unit.function)));
    case Function::ln:
      return within(std::log(unit.factor.into(value)));
    case Function::lg:
      return within(std::log10(unit.factor.into(value)));
    case Function::lg2:
      return within(2 * std::log10(unit.factor.into(value)));
    case Function::sqrt:
      return within(std::sqrt(unit.factor.into(value)));
    case Function::ld:
      return within(std::log2(unit.factor.into(value)));
  }
  return std::nanl("");
}

}  // namespace yilian::units
