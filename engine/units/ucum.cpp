#include "engine/units/ucum.h"

#include <xxhash.h>

#include <array>
#include <charconv>
#include <cmath>

#include "engine/units/expression.h"
#include "engine/units/special.h"

namespace yilian::units {
namespace {

// What is needed of a unit to compare its values.
struct Scale {
  Unit unit;
  std::uint64_t key;
};

// The dimension under which values compare.
std::string compared_by(const Unit& unit) {
  return is_linear(unit.function) ? Table::instance().text(unit.dimension) : std::string(unit.special);
}

std::optional<Scale> read_scale(std::string_view text) {
  auto unit = read_expression(Table::instance(), text);
  if (!unit) return std::nullopt;
  const std::string by = compared_by(*unit);
  return Scale{*unit, XXH3_64bits(by.data(), by.size())};
}

// The units that a thread met last, those too that are none: hospitals have few, and write them millions of times.
// Each has one place, so this stays small.
const std::optional<Scale>& scale_of(std::string_view text) {
  struct Known {
    std::string text;
    std::optional<Scale> scale;
    bool filled = false;
  };
  constexpr std::size_t kPlaces = 256;
  thread_local std::array<Known, kPlaces> known;
  Known& place = known[XXH3_64bits(text.data(), text.size()) % kPlaces];
  if (!place.filled || place.text != text) {
    place.scale = read_scale(text);
    place.text.assign(text.substr(0, kLongestUnit + 1));  // a longer one is no unit, and stays none
    place.filled = place.text.size() == text.size();
  }
  return place.scale;
}

}  // namespace

std::optional<Canonical> canonical(double value, std::string_view unit) {
  const std::optional<Scale>& scale = scale_of(unit);
  if (!scale || !std::isfinite(value)) return std::nullopt;
  const Unit& of = scale->unit;
  const double base = rounded(is_linear(of.function) ? to_base(of, value) : of.prefix.times(value));
  if (!std::isfinite(base)) return std::nullopt;
  return Canonical{base, scale->key};
}

std::optional<Canonical> canonical(std::string_view decimal, std::string_view unit) {
  double value = 0;
  const auto [end, error] = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
  if (error != std::errc() || end != decimal.data() + decimal.size()) return std::nullopt;
  return canonical(value, unit);
}

std::optional<double> convert(double value, std::string_view from, std::string_view to) {
  const std::optional<Scale> source = scale_of(from);
  const std::optional<Scale>& target = scale_of(to);
  if (!source || !target || source->unit.dimension != target->unit.dimension) return std::nullopt;
  const double result = rounded(from_base(target->unit, to_base(source->unit, value)));
  if (!std::isfinite(result)) return std::nullopt;
  return result;
}

Result<std::string> dimension(std::string_view unit) {
  YL_TRY(const Unit read, read_expression(Table::instance(), unit));
  return compared_by(read);
}

}  // namespace yilian::units
