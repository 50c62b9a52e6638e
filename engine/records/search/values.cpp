#include "engine/records/search/values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/base/time.h"
#include "engine/fhir/definitions.h"
#include "engine/records/rows.h"
#include "engine/records/strings.h"
#include "engine/records/types.h"
#include "engine/text/fold.h"
#include "engine/units/ucum.h"

namespace yilian::records {
namespace {

Failure bad(std::string_view name, std::string_view value, std::string what, std::string cure = {}) {
  return fail(Code::bad_value, "'" + std::string(value) + "' " + what, std::string(name), std::move(cure));
}

std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && std::string_view("\\,|$").find(text[i + 1]) != std::string_view::npos)
      ++i;
    out += text[i];
  }
  return out;
}

std::size_t find_unescaped(std::string_view text, char wanted) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == wanted) {
      return i;
    }
  }
  return std::string_view::npos;
}

Result<Alternative> read_token(const std::string& text, const std::string& name) {
  Alternative out;
  const std::size_t bar = find_unescaped(text, '|');
  if (bar == std::string::npos) {
    out.code = hash(without_escapes(text));
    return out;
  }
  if (find_unescaped(std::string_view(text).substr(bar + 1), '|') != std::string_view::npos)
    return bad(name, text, "has a part too many", "Write code, system|code, |code or system|");
  const std::string system = without_escapes(std::string_view(text).substr(0, bar));
  const std::string code = without_escapes(std::string_view(text).substr(bar + 1));
  if (system.empty() && code.empty()) return bad(name, text, "has neither a system nor a code");
  out.system = system_key(system);
  out.any_code = code.empty();
  out.code = code.empty() ? 0 : hash(code);
  return out;
}

// Takes the prefix off.
Prefix take_prefix(std::string_view& text) {
  static constexpr std::array<std::string_view, 9> prefixes{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (!text.starts_with(prefixes[i])) continue;
    text.remove_prefix(2);
    return static_cast<Prefix>(i);
  }
  return Prefix::eq;
}

Result<Alternative> read_number(const std::string& text, const std::string& name) {
  Alternative out;
  std::string_view rest = text;
  out.prefix = take_prefix(rest);
  const auto number = read_decimal(rest);
  if (!number) return bad(name, text, "is no number", "Write 100, 1.50 or 1e2, after a prefix like ge");
  out.number = *number;
  return out;
}

Result<Alternative> read_quantity(const std::string& text, const std::string& name) {
  const std::size_t bar = find_unescaped(text, '|');
  YL_TRY(Alternative out, read_number(text.substr(0, bar), name));
  if (bar == std::string::npos) return out;
  const std::string rest = text.substr(bar + 1);
  const std::size_t second = find_unescaped(rest, '|');
  // 5.4|system: whatever the code.
  if (second == std::string::npos) {
    out.unit.system = without_escapes(rest);
    out.unit.as = UnitAsked::As::of_system;
    return out;
  }
  out.unit.system = without_escapes(std::string_view(rest).substr(0, second));
  out.unit.code = without_escapes(std::string_view(rest).substr(second + 1));
  if (find_unescaped(std::string_view(rest).substr(second + 1), '|') != std::string_view::npos)
    return bad(name, text, "has a part too many", "Write 5.4, 5.4||mg or 5.4|http://unitsofmeasure.org|mg");
  if (out.unit.code.empty()) return bad(name, text, "names no unit", "Write 5.4, 5.4||mg or 5.4|http://unitsofmeasure.org|mg");
  out.unit.as = out.unit.system.empty() ? UnitAsked::As::written : UnitAsked::As::coded;
  return out;
}

Result<Alternative> read_uri(const std::string& text, const std::string& name) {
  Alternative out;
  out.text = uri_key(without_escapes(text));
  if (out.text.empty()) return bad(name, text, "is no address");
  return out;
}

// system|code|value
Result<Alternative> read_of_type(const std::string& text, const std::string& name) {
  const std::size_t first = find_unescaped(text, '|');
  const std::string rest = first == std::string::npos ? std::string() : text.substr(first + 1);
  const std::size_t second = find_unescaped(rest, '|');
  if (first == std::string::npos || second == std::string::npos)
    return bad(name, text, "is not written as system|code|value");
  Alternative out;
  out.type_system = without_escapes(std::string_view(text).substr(0, first));
  out.type_code = without_escapes(std::string_view(rest).substr(0, second));
  out.written = without_escapes(std::string_view(rest).substr(second + 1));
  if (find_unescaped(std::string_view(rest).substr(second + 1), '|') != std::string_view::npos)
    return bad(name, text, "has a part too many", "Write system|code|value");
  if (out.type_code.empty() || out.written.empty()) return bad(name, text, "lacks the type's code or the value");
  out.code = hash(out.written);
  return out;
}

// latitude|longitude|distance|unit (location.html#search)
Result<Alternative> read_near(const std::string& text, const std::string& name) {
  const auto parts = split_plain(text, '|');
  const auto number = [&](std::size_t i) {
    const auto decimal = i < parts.size() ? read_decimal(parts[i]) : std::nullopt;
    return decimal ? decimal->value : std::numeric_limits<double>::quiet_NaN();
  };
  Alternative out;
  out.latitude = number(0);
  out.longitude = number(1);
  constexpr double kNear = 50;  // where none is said
  const double distance = parts.size() < 3 || parts[2].empty() ? kNear : number(2);
  const std::string_view unit = parts.size() > 3 && !parts[3].empty() ? parts[3] : "km";
  if (std::isnan(out.latitude) || std::isnan(out.longitude) || std::isnan(distance) || distance < 0 ||
      parts.size() > 4)
    return bad(name, text, "is not written as latitude|longitude|distance|unit");
  if (std::abs(out.latitude) > 90 || std::abs(out.longitude) > 180)
    return bad(name, text, "is no place on earth", "Latitudes go from -90 to 90, longitudes from -180 to 180");
  const auto metres = units::convert(1.0, unit, "m");
  if (!metres) return bad(name, std::string(unit), "is no unit of length", "Write km, m or [mi_i]");
  out.distance = distance * *metres;
  return out;
}

Result<Alternative> read_reference(const Indexed& parameter, std::string_view target, const std::string& text,
                                   const std::string& name) {
  Alternative out;
  const std::string reference = normal_reference(without_escapes(text));
  if (reference.empty()) return bad(name, text, "names no resource");
  const std::string_view only = !target.empty() ? target : parameter.target;
  if (!only.empty() && !parameter.targets.empty() &&
      std::find(parameter.targets.begin(), parameter.targets.end(), only) == parameter.targets.end())
    return bad(name, std::string(only), "is no type that it goes to");
  if (reference.starts_with("urn:") || reference.find("://") != std::string::npos) {
    out.targets.push_back(hash(reference));
    return out;
  }
  if (const std::size_t slash = reference.find('/'); slash != std::string::npos) {
    const std::string_view type = std::string_view(reference).substr(0, slash);
    if (!fhir::is_resource_type(type)) return bad(name, text, "does not begin with a resource type");
    if (!only.empty() && type != only) return bad(name, text, "is not a reference to a " + std::string(only));
    if (!parameter.targets.empty() &&
        std::find(parameter.targets.begin(), parameter.targets.end(), type) == parameter.targets.end())
      return bad(name, text, "is no type that it goes to");
    out.targets.push_back(hash(reference));
    return out;
  }
  if (!fhir::valid_primitive("id", reference)) return bad(name, text, "is no id");
  if (!only.empty()) {
    out.targets.push_back(resource_key(only, reference));
  } else if (!parameter.targets.empty()) {
    for (const std::string_view type : parameter.targets) out.targets.push_back(resource_key(type, reference));
  } else {
    for (const fhir::Type* type : fhir::resource_types()) out.targets.push_back(resource_key(type->name, reference));
  }
  return out;
}

Result<Alternative> read_string(Condition::Test test, const std::string& text, const std::string& name) {
  Alternative out;
  const std::string plain = without_escapes(text);
  if (test == Condition::Test::exact) {
    out.text = plain;
    return out;
  }
  out.text = text::fold(plain);
  if (out.text.empty()) return bad(name, text, "has nothing to look for");
  if (test != Condition::Test::matches) return out;
  if (std::string unmarked = without_marks(out.text); unmarked != out.text) out.also.push_back(std::move(unmarked));
  std::string joined = out.text;
  std::erase(joined, ' ');
  if (joined != out.text) out.also.push_back(joined);
  if (std::string pinyin = text::pinyin_key(plain); !pinyin.empty() && pinyin != out.text && pinyin != joined)
    out.also.push_back(std::move(pinyin));
  return out;
}

}  // namespace

std::vector<std::string> split_alternatives(std::string_view value) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t comma = find_unescaped(value, ',');
    if (const std::string_view part = value.substr(0, comma); !part.empty()) out.emplace_back(part);
    if (comma == std::string_view::npos) return out;
    value.remove_prefix(comma + 1);
  }
}

std::vector<std::string> split_values(std::string_view value) {
  std::vector<std::string> out = split_alternatives(value);
  for (std::string& text : out) text = without_escapes(text);
  return out;
}

std::vector<std::string_view> split_plain(std::string_view value, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t at = value.find(separator);
    out.push_back(value.substr(0, at));
    if (at == std::string_view::npos) return out;
    value.remove_prefix(at + 1);
  }
}

Result<Alternative> read_date(const std::string& text, const std::string& name) {
  Alternative out;
  std::string_view rest = text;
  out.prefix = take_prefix(rest);
  const auto ticks = read_ticks(rest);
  if (!ticks)
    return bad(name, text, "is no date",
               "Write 2026, 2026-11, 2026-11-24 or 2026-11-24T08:30:00+08:00, after a prefix like ge");
  out.interval = milliseconds_around(*ticks);
  if (out.prefix == Prefix::ap) {
    // A tenth of the way between then and now.
    const std::int64_t at = now() / 1000;
    const std::int64_t slack = std::max(std::abs(at - out.interval.low) / 10, out.interval.high - out.interval.low);
    out.interval = {out.interval.low - slack, out.interval.high + slack};
  } else if (ticks->low % kTicks != 0 || ticks->high % kTicks != 0) {
    out.ticks = ticks;
  }
  return out;
}

namespace {

Result<Alternative> read_composite(const Indexed& parameter, const std::string& text, const std::string& name) {
  const auto& components = parameter.composites.front().components;
  Alternative out;
  std::string_view rest = text;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const std::size_t end = i + 1 < components.size() ? find_unescaped(rest, '$') : rest.size();
    if (end == std::string_view::npos || end == 0)
      return bad(name, text, "has not " + std::to_string(components.size()) + " values with $ between them");
    YL_TRY(Alternative part, read_alternative(components[i], Condition::Test::matches, {},
                                              std::string(rest.substr(0, end)), name));
    out.parts.push_back(std::move(part));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return out;
}

}  // namespace

Result<Alternative> read_alternative(const Indexed& parameter, Condition::Test test, std::string_view target,
                                     const std::string& text, const std::string& name) {
  using Test = Condition::Test;
  if (test == Test::text) return read_string(Test::text, text, name);
  if (test == Test::identifier) return read_token(text, name);
  if (test == Test::of_type) return read_of_type(text, name);
  switch (parameter.kind) {
    case Kind::date:
      return read_date(text, name);
    case Kind::token:
      return read_token(text, name);
    case Kind::reference:
      return read_reference(parameter, target, text, name);
    case Kind::string:
      return read_string(test, text, name);
    case Kind::number:
      return read_number(text, name);
    case Kind::quantity:
      return read_quantity(text, name);
    case Kind::uri:
      return read_uri(text, name);
    case Kind::composite:
      return read_composite(parameter, text, name);
    case Kind::special:
      return read_near(text, name);
  }
  return fail(Code::unsupported, "this kind of parameter is not searched by", name);
}

}  // namespace yilian::records
