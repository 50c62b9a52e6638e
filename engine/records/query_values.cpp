#include "engine/records/query_values.h"

#include <algorithm>
#include <array>

#include "engine/base/time.h"
#include "engine/records/rows.h"
#include "engine/records/strings.h"
#include "engine/records/types.h"

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
  const std::string system = without_escapes(std::string_view(text).substr(0, bar));
  const std::string code = without_escapes(std::string_view(text).substr(bar + 1));
  if (system.empty() && code.empty()) return bad(name, text, "has neither a system nor a code");
  out.system = system_key(system);
  out.any_code = code.empty();
  out.code = code.empty() ? 0 : hash(code);
  return out;
}

Result<Alternative> read_date(const std::string& text, const std::string& name) {
  static constexpr std::array<std::string_view, 9> prefixes{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
  Alternative out;
  std::string_view rest = text;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (!rest.starts_with(prefixes[i])) continue;
    out.prefix = static_cast<Prefix>(i);
    rest.remove_prefix(2);
    break;
  }
  const auto interval = read_interval(rest);
  if (!interval)
    return bad(name, text, "is no date",
               "Write 2026, 2026-11, 2026-11-24 or 2026-11-24T08:30:00+08:00, after a prefix like ge");
  out.interval = *interval;
  if (out.prefix == Prefix::ap) {
    // A tenth of the way between then and now.
    const std::int64_t at = now() / 1000;
    const std::int64_t slack = std::max(std::abs(at - out.interval.low) / 10, out.interval.high - out.interval.low);
    out.interval = {out.interval.low - slack, out.interval.high + slack};
  }
  return out;
}

Result<Alternative> read_reference(const Condition& condition, std::string_view target, const std::string& text,
                                   const std::string& name) {
  Alternative out;
  const Indexed& parameter = *condition.parameter;
  const std::string reference = normal_reference(without_escapes(text));
  if (reference.empty()) return bad(name, text, "names no resource");
  const std::string_view only = !target.empty() ? target : parameter.target;
  if (reference.starts_with("urn:") || reference.find("://") != std::string::npos) {
    out.targets.push_back(hash(reference));
    return out;
  }
  if (const std::size_t slash = reference.find('/'); slash != std::string::npos) {
    const std::string_view type = std::string_view(reference).substr(0, slash);
    if (!fhir::is_resource_type(type)) return bad(name, text, "does not begin with a resource type");
    if (!only.empty() && type != only) return bad(name, text, "is not a reference to a " + std::string(only));
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

Result<Alternative> read_string(const Condition& condition, const std::string& text, const std::string& name) {
  Alternative out;
  const std::string plain = without_escapes(text);
  if (condition.test == Condition::Test::exact) {
    out.text = plain;
    return out;
  }
  out.text = string_key(plain);
  if (out.text.empty()) return bad(name, text, "has nothing to look for");
  if (out.text.find(' ') != std::string::npos) {
    out.joined = out.text;
    std::erase(out.joined, ' ');
  }
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

Result<Alternative> read_alternative(Kind kind, const Condition& condition, std::string_view target,
                                     const std::string& text, const std::string& name) {
  switch (kind) {
    case Kind::date:
      return read_date(text, name);
    case Kind::token:
      return read_token(text, name);
    case Kind::reference:
      return read_reference(condition, target, text, name);
    case Kind::string:
      return read_string(condition, text, name);
    default:
      return fail(Code::unsupported, "this kind of parameter is not searched by", name);
  }
}

}  // namespace yilian::records
