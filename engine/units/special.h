#pragma once
// Special units: those whose values are a function of the base unit's (The Unified Code for Units of Measure, §21–22).

#include "engine/units/table.h"

namespace yilian::units {

// A scale that is only shifted and stretched, as those of temperature are.
bool is_linear(Function function);
// From a value on the unit's scale to base units, and back. NaN or infinite where there is none. Any unit, also one
// that is not special.
long double to_base(const Unit& unit, long double value);
long double from_base(const Unit& unit, long double value);

}  // namespace yilian::units
