#include "engine/fhirpath/quantity.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "engine/units/ucum.h"

namespace yilian::fhirpath {
namespace {

constexpr std::size_t kLongestUnit = 200;

constexpr std::array<std::string_view, 8> kNames{"year", "month",  "week",   "day",
                                                 "hour", "minute", "second", "millisecond"};
constexpr std::array<std::string_view, 8> kCodes{"a", "mo", "wk", "d", "h", "min", "s", "ms"};  // UCUM's

bool is_calendar(std::string_view unit) { return std::ranges::find(kNames, unit) != kNames.end(); }

// Milliseconds of a unit whose length is always the same.
std::optional<std::int64_t> milliseconds(std::string_view unit) {
  constexpr std::array<std::int64_t, 8> lengths{0, 0, 604'800'000, 86'400'000, 3'600'000, 60'000, 1000, 1};
  const auto known = addable_unit(unit);
  if (!known || *known == DurationUnit::year || *known == DurationUnit::month) return std::nullopt;
  return lengths[static_cast<std::size_t>(*known)];
}

// Into which of two units their values are brought. To compare: by the factor that is exact, if one of both is (0.3048
// m are 1 [ft_i], the other way it never ends).
enum class Into : std::uint8_t { exact, finer, coarser };

// Both values in one unit. All that is known of units is asked here.
struct Common {
  Decimal a, b;
  std::string_view unit;
};

std::optional<Common> years_and_months(const Quantity& a, const Quantity& b) {
  const auto calendar_months = [](std::string_view unit) { return unit == "year" ? 12 : unit == "month" ? 1 : 0; };
  const int mine = calendar_months(a.unit), other = calendar_months(b.unit);
  if (mine == 0 || other == 0) return std::nullopt;
  const auto left = multiply(a.value, Decimal(mine)), right = multiply(b.value, Decimal(other));
  if (!left || !right) return std::nullopt;
  return Common{*left, *right, "month"};
}

std::optional<Common> durations(const Quantity& a, const Quantity& b) {
  const auto mine = milliseconds(a.unit), other = milliseconds(b.unit);
  if (!mine || !other) return std::nullopt;
  const bool finer = *mine <= *other;
  const std::int64_t unit = finer ? *mine : *other;
  const auto left = multiply(a.value, Decimal(*mine / unit)), right = multiply(b.value, Decimal(*other / unit));
  if (!left || !right) return std::nullopt;
  return Common{*left, *right, finer ? a.unit : b.unit};
}

// The calendar's year and month as UCUM writes them: they are equivalent, though not equal.
Quantity as_ucum(Quantity quantity) {
  const auto found = std::ranges::find(kNames, quantity.unit);
  if (found != kNames.end()) quantity.unit = kCodes[static_cast<std::size_t>(found - kNames.begin())];
  return quantity;
}

// A week and what is shorter is the same in the calendar and in UCUM.
std::string_view ucum_of(std::string_view unit) { return milliseconds(unit) ? as_ucum({Decimal(), unit}).unit : unit; }

// What UCUM says is good to twelve digits, which is more than any unit is defined by that is not exact.
std::optional<Decimal> decimal_of(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.12g", value);
  const auto read = Decimal::parse(text);
  return read ? std::optional(read->stripped()) : std::nullopt;
}

// How many of `to` one `from` is. Nothing: they are of other dimensions or no UCUM, or zero of one is not zero of the
// other (Cel and [degF]).
std::optional<Decimal> factor(std::string_view from, std::string_view to) {
  const auto zero = units::convert(0, from, to), one = units::convert(1, from, to), two = units::convert(2, from, to);
  if (!zero || !one || !two || *zero != 0 || *one <= 0) return std::nullopt;
  const auto made = decimal_of(*one), twice = decimal_of(*two / 2);
  return made && twice && *made == *twice ? made : std::nullopt;
}

bool is_exact(const Decimal& factor) { return factor.digits() < 12; }

std::optional<Decimal> times(const Decimal& value, const Decimal& forth, const Decimal& back) {
  return is_exact(forth) || !is_exact(back) ? multiply(value, forth) : divide(value, back);
}

std::optional<Decimal> converted(const Decimal& value, std::string_view from, std::string_view to) {
  const auto forth = factor(from, to), back = factor(to, from);
  if (forth && back) return times(value, *forth, *back);
  const auto made = units::convert(std::strtod(value.text().c_str(), nullptr), from, to);
  return made ? decimal_of(*made) : std::nullopt;
}

std::optional<Common> by_ucum(const Quantity& a, const Quantity& b, Into into) {
  const std::string_view mine = ucum_of(a.unit), other = ucum_of(b.unit);
  const auto forth = factor(mine, other), back = factor(other, mine);
  bool of_a = false;
  if (forth && back) {
    const bool a_is_finer = *forth < Decimal(1);
    of_a = a_is_finer == (into != Into::coarser);
    if (into == Into::exact && is_exact(*forth) != is_exact(*back)) of_a = is_exact(*back);
  }
  const auto made = of_a ? converted(b.value, other, mine) : converted(a.value, mine, other);
  if (!made) return std::nullopt;
  return of_a ? Common{a.value, *made, a.unit} : Common{*made, b.value, b.unit};
}

std::optional<Common> common(const Quantity& a, const Quantity& b, Into into) {
  if (a.unit == b.unit) return Common{a.value, b.value, a.unit};
  if (const auto months = years_and_months(a, b)) return months;
  if (const auto both = durations(a, b)) return both;
  return by_ucum(a, b, into);
}

// Divisions and products of UCUM are done from left to right, so what is divided by goes into parentheses. Nothing: the
// unit would be longer than any that means something.
std::optional<std::string_view> joined_unit(std::string_view a, char sign, std::string_view b, fhir::Arena& arena) {
  if (a.size() + b.size() > kLongestUnit) return std::nullopt;
  const bool grouped = sign == '/' && b.find_first_of("./") != std::string_view::npos;
  std::string unit(a);
  unit += sign;
  if (grouped) unit += '(';
  unit += b;
  if (grouped) unit += ')';
  return arena.copy(unit);
}

}  // namespace

std::string Quantity::text() const {
  if (!is_calendar(unit)) return value.text() + " '" + std::string(unit) + "'";
  return value.text() + " " + std::string(unit) + (value == Decimal(1) ? "" : "s");
}

std::optional<DurationUnit> calendar_unit(std::string_view name) {
  auto found = std::ranges::find(kNames, name);
  if (found == kNames.end() && name.ends_with('s')) {
    name.remove_suffix(1);
    found = std::ranges::find(kNames, name);
  }
  if (found == kNames.end()) return std::nullopt;
  return static_cast<DurationUnit>(found - kNames.begin());
}

std::string_view name(DurationUnit unit) { return kNames[static_cast<std::size_t>(unit)]; }

std::optional<DurationUnit> addable_unit(std::string_view unit) {
  if (is_calendar(unit)) return calendar_unit(unit);
  const auto found = std::ranges::find(kCodes, unit);
  if (found == kCodes.end() || unit == "a" || unit == "mo") return std::nullopt;
  return static_cast<DurationUnit>(found - kCodes.begin());
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  if (text.size() > 2 * Decimal::kLongestText) return std::nullopt;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  const std::size_t end = std::min(text.find_first_not_of("+-.0123456789"), text.size());
  std::string_view rest = text.substr(end);
  const auto value = Decimal::parse(text.substr(0, end));
  if (!value) return std::nullopt;
  if (rest.empty()) return Quantity{*value, "1"};
  const bool spaced = is_blank(rest.front());
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  if (rest.size() > 2 && rest.front() == '\'' && rest.find('\'', 1) == rest.size() - 1) {
    return Quantity{*value, rest.substr(1, rest.size() - 2)};
  }
  const auto unit = calendar_unit(rest);
  if (!spaced || !unit) return std::nullopt;
  return Quantity{*value, name(*unit)};
}

bool quantity_value(const Node& node, fhir::Arena& arena, Item& value) {
  static const fhir::Type* const quantity_type = fhir::type("Quantity");
  if (!node.value || (node.type != quantity_type && node.type->base != quantity_type)) return false;
  const fhir::Json* number = node.value->find("value");
  if (!number || node.value->find("comparator")) return false;
  const auto read = Decimal::parse(number->text());
  if (!read) return false;
  Quantity made{*read, node.value->text_at("code")};
  if (node.value->text_at("system") != "http://unitsofmeasure.org" || made.unit.empty()) {
    made.unit = node.value->text_at("unit");
  } else if (const auto found = std::ranges::find(kCodes, made.unit); found != kCodes.end()) {
    made.unit = kNames[static_cast<std::size_t>(found - kCodes.begin())];  // fhirpath.html#types of FHIR
  }
  if (made.unit.empty()) made.unit = "1";
  value = Item::of(keep(arena, made));
  return true;
}

std::optional<std::strong_ordering> compare(const Quantity& a, const Quantity& b) {
  const auto both = common(a, b, Into::exact);
  if (!both) return std::nullopt;
  return both->a <=> both->b;
}

bool equivalent(const Quantity& a, const Quantity& b) {
  const auto both = common(as_ucum(a), as_ucum(b), Into::coarser);
  if (!both) return false;
  const int scale = std::min(both->a.scale(), both->b.scale());
  return both->a.rounded(scale) == both->b.rounded(scale);
}

bool comparable(const Quantity& a, const Quantity& b) { return common(a, b, Into::exact).has_value(); }

std::optional<Quantity> in_unit(const Quantity& quantity, std::string_view unit, fhir::Arena& arena) {
  if (const auto calendar = calendar_unit(unit)) unit = name(*calendar);
  if (quantity.unit == unit) return quantity;
  std::optional<Decimal> made;
  if (const auto months = years_and_months(quantity, {Decimal(1), unit})) {
    made = divide(months->a, months->b);
  } else if (const auto length = milliseconds(quantity.unit), wanted = milliseconds(unit); length && wanted) {
    const auto all = multiply(quantity.value, Decimal(*length));
    if (all) made = divide(*all, Decimal(*wanted));
  } else {
    made = converted(quantity.value, ucum_of(quantity.unit), ucum_of(unit));
  }
  if (!made) return std::nullopt;
  return Quantity{*made, arena.copy(unit)};
}

std::optional<Quantity> add(const Quantity& a, const Quantity& b, fhir::Arena&) {
  const auto both = common(a, b, Into::finer);
  if (!both) return std::nullopt;
  const auto sum = add(both->a, both->b);
  if (!sum) return std::nullopt;
  return Quantity{*sum, both->unit};
}

std::optional<Quantity> multiply(const Quantity& a, const Quantity& b, fhir::Arena& arena) {
  const auto product = multiply(a.value, b.value);
  if (!product) return std::nullopt;
  if (b.unit == "1") return Quantity{*product, a.unit};
  if (a.unit == "1") return Quantity{*product, b.unit};
  const auto unit = joined_unit(a.unit, '.', b.unit, arena);
  if (!unit) return std::nullopt;
  return Quantity{*product, *unit};
}

std::optional<Quantity> divide(const Quantity& a, const Quantity& b, fhir::Arena& arena) {
  if (const auto both = common(a, b, Into::exact)) {
    const auto ratio = divide(both->a, both->b);
    if (!ratio) return std::nullopt;
    return Quantity{*ratio, "1"};
  }
  const auto ratio = divide(a.value, b.value);
  if (!ratio) return std::nullopt;
  if (b.unit == "1") return Quantity{*ratio, a.unit};
  const auto unit = joined_unit(a.unit, '/', b.unit, arena);
  if (!unit) return std::nullopt;
  return Quantity{*ratio, *unit};
}

}  // namespace yilian::fhirpath
