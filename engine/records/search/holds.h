#pragma once
// The semantics of the prefixes (search.html#prefix).

#include "engine/records/measure.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// `value` is the range searched by, `target` that of the resource.
bool holds(Prefix prefix, const Interval& value, const Interval& target);
// An equal number lies within what the written one stands for; the others compare with its very value.
bool holds(Prefix prefix, const Decimal& value, const Span& target);

// The number as it would be in another unit; nothing: a quantity of that unit is not looked at.
std::optional<Decimal> in_unit(const Decimal& number, const UnitAsked& asked, const Unit& unit);

}  // namespace yilian::records
