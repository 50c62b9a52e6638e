#include "engine/records/measure.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace yilian::records {
namespace {

using fhir::Json;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostUnit = 64;  // bytes of each part

std::optional<double> read_number(std::string_view text) {
  if (text.starts_with("+")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // What is too large for a double is as large as it can be, so that it is found by "greater than".
  if (error == std::errc::result_out_of_range) return text.starts_with("-") ? -kInfinity : kInfinity;
  if (error != std::errc() || end != text.data() + text.size() || std::isnan(value)) return std::nullopt;
  return value;
}

std::optional<double> number_at(const Json& value, std::string_view member) {
  const Json* found = value.find(member);
  return found == nullptr ? std::nullopt : read_number(found->text());
}

// At a character; what is longer is no unit that anyone asks for.
std::string_view cut(std::string_view text) {
  if (text.size() <= kMostUnit) return text;
  std::size_t end = kMostUnit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

Span span_of(double value, std::string_view comparator) {
  if (comparator == "<") return {-kInfinity, std::nextafter(value, -kInfinity)};
  if (comparator == "<=") return {-kInfinity, value};
  if (comparator == ">") return {std::nextafter(value, kInfinity), kInfinity};
  if (comparator == ">=") return {value, kInfinity};
  return {value, value};
}

Unit unit_of(const Json& value) { return {value.text_at("system"), value.text_at("code"), value.text_at("unit")}; }

}  // namespace

std::int64_t ordered(double value) {
  if (value == 0) value = 0;  // -0 is 0
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits >= 0 ? bits : bits ^ std::numeric_limits<std::int64_t>::max();
}

double unordered(std::int64_t value) {
  return std::bit_cast<double>(value >= 0 ? value : value ^ std::numeric_limits<std::int64_t>::max());
}

std::optional<Decimal> read_decimal(std::string_view text) {
  const auto value = read_number(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  // Half of the last digit that is written.
  int exponent = 0;
  std::string_view digits = text;
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with("+")) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), exponent);
    digits = text.substr(0, e);
    if (exponent > 0 && digits.find('.') == std::string_view::npos) --exponent;  // 1e2 is 95 to 105, says search.html#number
  }
  if (const std::size_t point = digits.find('.'); point != std::string_view::npos)
    exponent -= static_cast<int>(digits.size() - point - 1);
  // In wider numbers, so that 5.4 begins at the very double that "5.35" is.
  const long double half = 0.5L * std::pow(10.0L, static_cast<long double>(exponent));
  const long double scale = std::pow(10.0L, static_cast<long double>(-exponent));
  const long double whole = std::round(static_cast<long double>(*value) * scale);
  const auto at = [&](long double units) {
    return static_cast<double>(exponent <= 0 ? units / scale : units * (half * 2));
  };
  return Decimal{*value, at(whole - 0.5L), at(whole + 0.5L)};
}

std::string unit_key(const Unit& unit) {
  std::string out(unit.system == kUcum ? "u" : cut(unit.system));
  out += '\x01';
  out += cut(unit.code);
  out += '\x01';
  if (unit.unit != unit.code) out += cut(unit.unit);
  return out;
}

Unit read_unit(std::string_view key) {
  const std::size_t first = key.find('\x01');
  const std::size_t second = key.find('\x01', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return {};
  const std::string_view system = key.substr(0, first);
  return {system == "u" ? kUcum : system, key.substr(first + 1, second - first - 1), key.substr(second + 1)};
}

std::optional<Measure> read_measure(std::string_view type, const Json& value) {
  if (!value.is_object()) {
    const auto number = read_number(value.text());
    if (!number) return std::nullopt;
    return Measure{{*number, *number}, {}};
  }
  if (type == "Range") {
    const Json* low = value.find("low");
    const Json* high = value.find("high");
    const auto from = low == nullptr ? std::nullopt : number_at(*low, "value");
    const auto to = high == nullptr ? std::nullopt : number_at(*high, "value");
    if (!from && !to) return std::nullopt;
    return Measure{{from.value_or(-kInfinity), to.value_or(kInfinity)}, unit_of(low != nullptr ? *low : *high)};
  }
  const auto number = number_at(value, "value");
  if (!number) return std::nullopt;
  if (type == "Money" || type == "MoneyQuantity")
    return Measure{{*number, *number}, {kCurrency, value.text_at("currency"), {}}};
  return Measure{span_of(*number, value.text_at("comparator")), unit_of(value)};
}

}  // namespace yilian::records
