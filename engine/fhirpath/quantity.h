#pragma once
// Quantities: a value and a unit of UCUM, or a duration of the calendar (FHIRPath 2.0, 4.1.9). The one place that asks
// what units mean.

#include <optional>
#include <string>
#include <string_view>

#include "engine/fhirpath/item.h"

namespace yilian::fhirpath {

// "day" and "days" give day; nothing for what is no name of the calendar ("d" is UCUM's).
std::optional<DurationUnit> calendar_unit(std::string_view name);
std::string_view name(DurationUnit unit);  // "day"
// What may be added to dates: the calendar's names and UCUM's s, ms, min, h, d, wk, whose lengths are the same. UCUM's
// "a" and "mo" are none: a mean year is no year of the calendar.
std::optional<DurationUnit> addable_unit(std::string_view unit);

// "4 days", "1.5 'mg'", "10": what toQuantity() takes.
std::optional<Quantity> parse_quantity(std::string_view text);

// Of a FHIR Quantity and what is derived from it; false when it has no value, or a comparator (it is no one value
// then).
bool quantity_value(const Node& node, fhir::Arena& arena, Item& value);

// In another unit of UCUM or of the calendar. Nothing: it cannot be.
std::optional<Quantity> in_unit(const Quantity& quantity, std::string_view unit, fhir::Arena& arena);

// Nothing: their units cannot be compared.
std::optional<std::strong_ordering> compare(const Quantity& a, const Quantity& b);
// In the coarser unit and with the precision of the less precise one; a calendar year is equivalent to UCUM's.
bool equivalent(const Quantity& a, const Quantity& b);
bool comparable(const Quantity& a, const Quantity& b);

// In the finer unit.
std::optional<Quantity> add(const Quantity& a, const Quantity& b, fhir::Arena& arena);
std::optional<Quantity> multiply(const Quantity& a, const Quantity& b, fhir::Arena& arena);
std::optional<Quantity> divide(const Quantity& a, const Quantity& b, fhir::Arena& arena);

}  // namespace yilian::fhirpath
