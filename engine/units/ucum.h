#pragma once
// UCUM units (case sensitive), read, compared and converted. Any thread may call; nothing here blocks or touches a file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::units {

struct Canonical {
  double value;       // in base units, rounded to 12 significant digits: 1 mg/dL and 0.01 g/L give the same
  std::uint64_t key;  // of the dimension: values compare when their keys are equal. The same in every program and version
};

// Nothing: the unit is no UCUM ("mmHg" is mm[Hg]), or the value is no finite number. Larger values stay larger: a unit
// whose scale is logarithmic or runs backwards (pH, dB) is a dimension of its own here.
std::optional<Canonical> canonical(double value, std::string_view unit);
std::optional<Canonical> canonical(std::string_view decimal, std::string_view unit);

// Also between special units and others: 7.4 [pH] in nmol/L. Nothing: not commensurable, or no UCUM.
std::optional<double> convert(double value, std::string_view from, std::string_view to);

// "g.m-3", "1" for a number; the text that `key` is made of. Error: bad_value, `where` is "byte N" of the unit.
Result<std::string> dimension(std::string_view unit);

}  // namespace yilian::units
