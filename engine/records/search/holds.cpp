#include "engine/records/search/holds.h"

#include <cmath>

#include "engine/units/ucum.h"

namespace yilian::records {

namespace {

// How what a resource has lies to what is asked for.
struct Relation {
  bool equal, touches, reaches_above, reaches_below, begins_after, ends_before, near;
};

bool holds(Prefix prefix, const Relation& is) {
  switch (prefix) {
    case Prefix::eq:
      return is.equal;
    case Prefix::ne:
      return !is.equal;
    case Prefix::gt:
      return is.reaches_above;
    case Prefix::lt:
      return is.reaches_below;
    case Prefix::ge:
      return is.reaches_above || is.touches;
    case Prefix::le:
      return is.reaches_below || is.touches;
    case Prefix::sa:
      return is.begins_after;
    case Prefix::eb:
      return is.ends_before;
    case Prefix::ap:
      return is.near;
  }
  return false;
}

}  // namespace

bool holds(Prefix prefix, const Interval& value, const Interval& target) {
  const bool equal = value.low <= target.low && target.high <= value.high;
  return holds(prefix, Relation{.equal = equal,
                                .touches = equal,
                                .reaches_above = target.high > value.high,
                                .reaches_below = target.low < value.low,
                                .begins_after = target.low >= value.high,
                                .ends_before = target.high <= value.low,
                                .near = target.low < value.high && target.high > value.low});
}

bool holds(Prefix prefix, const Decimal& value, const Span& target) {
  const double slack = std::abs(value.value) / 10;
  return holds(prefix, Relation{.equal = value.low <= target.low && target.high < value.high,
                                .touches = target.low <= value.value && target.high >= value.value,
                                .reaches_above = target.high > value.value,
                                .reaches_below = target.low < value.value,
                                .begins_after = target.low > value.value,
                                .ends_before = target.high < value.value,
                                .near = target.low <= value.value + slack && target.high >= value.value - slack});
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
