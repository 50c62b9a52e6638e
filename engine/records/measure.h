#pragma once
// Numbers and quantities: their order in the index, the range that a written number stands for, their units.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/fhir/json.h"

namespace yilian::records {

// A number whose order is that of the doubles.
std::int64_t ordered(double value);
double unordered(std::int64_t value);  // back again

// A decimal as it is written: 5.4 stands for what lies from 5.35 to 5.45 (search.html#number).
struct Decimal {
  double value, low, high;
};
std::optional<Decimal> read_decimal(std::string_view text);

// What a number of a resource may be: one value, or all from `low` to `high`, both included, of a Range or of a
// comparator ("<0.1" ends at the double before 0.1).
struct Span {
  double low, high;
  bool point() const { return low == high; }
};

// system, code and, where it differs from the code, unit: as the key of a quantity has them. UCUM's system is "u".
struct Unit {
  std::string_view system, code, unit;
};
std::string unit_key(const Unit& unit);
Unit read_unit(std::string_view key);  // views into the key
inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";
inline constexpr std::string_view kCurrency = "urn:iso:std:iso:4217";

struct Measure {
  Span span;
  Unit unit;
};
// Of a Quantity or what is derived from it, Money, Range, decimal, integer. Nothing for one that has no number.
std::optional<Measure> read_measure(std::string_view type, const fhir::Json& value);

}  // namespace yilian::records
