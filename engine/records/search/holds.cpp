#include "engine/records/search/holds.h"

#include <cmath>

#include "engine/units/ucum.h"

namespace yilian::records {

bool holds(Prefix prefix, const Interval& value, const Interval& target) {
  const bool equal = value.low <= target.low && target.high <= value.high;
  switch (prefix) {
    case Prefix::eq:
      return equal;
    case Prefix::ne:
      return !equal;
    case Prefix::gt:
      return target.high > value.high;
    case Prefix::lt:
      return target.low < value.low;
    case Prefix::ge:
      return target.high > value.high || equal;
    case Prefix::le:
      return target.low < value.low || equal;
    case Prefix::sa:
      return target.low >= value.high;
    case Prefix::eb:
      return target.high <= value.low;
    case Prefix::ap:
      return target.low < value.high && target.high > value.low;
  }
  return false;
}

bool holds(Prefix prefix, const Decimal& value, const Span& target) {
  const bool equal = value.low <= target.low && target.high < value.high;
  switch (prefix) {
    case Prefix::eq:
      return equal;
    case Prefix::ne:
      return !equal;
    case Prefix::gt:
      return target.high > value.value;
    case Prefix::lt:
      return target.low < value.value;
    case Prefix::ge:
      return target.high >= value.value;
    case Prefix::le:
      return target.low <= value.value;
    case Prefix::sa:
      return target.low > value.value;
    case Prefix::eb:
      return target.high < value.value;
    case Prefix::ap: {
      const double slack = std::abs(value.value) / 10;
      return target.low <= value.value + slack && target.high >= value.value - slack;
    }
  }
  return false;
}

std::optional<Decimal> in_unit(const Decimal& number, const UnitAsked& asked, const Unit& unit) {
  if (asked.as == UnitAsked::As::any) return number;
  if (asked.as == UnitAsked::As::written)
    return unit.code == asked.code || unit.unit == asked.code ? std::optional(number) : std::nullopt;
  if (unit.system != asked.system) return std::nullopt;
  if (asked.as == UnitAsked::As::of_system) return number;
  if (unit.code == asked.code) return number;
  if (unit.system != kUcum) return std::nullopt;
  const auto from = units::canonical(1.0, asked.code), to = units::canonical(1.0, unit.code);
  if (!from || !to || from->key != to->key) return std::nullopt;
  const auto value = units::convert(number.value, asked.code, unit.code);
  const auto low = units::convert(number.low, asked.code, unit.code);
  const auto high = units::convert(number.high, asked.code, unit.code);
  if (!value || !low || !high) return std::nullopt;
  return Decimal{*value, *low, *high};
}

}  // namespace yilian::records
