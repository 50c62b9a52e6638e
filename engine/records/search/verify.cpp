#include "engine/records/search/verify.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/records/rows.h"
#include "engine/records/search/concept_text.h"
#include "engine/records/search/fine_dates.h"
#include "engine/records/search/stretch.h"
#include "engine/records/sort_values.h"
#include "engine/records/strings.h"
#include "engine/records/values_of.h"

namespace yilian::records {
namespace {

using fhir::Json;
using Test = Condition::Test;

constexpr std::size_t kIndexedText = 256;  // so much of a long text is looked at for words

bool text_matches(Test test, const std::string& asked, std::string_view text) {
  if (test == Test::contains) return text.find(asked) != std::string_view::npos;
  if (test == Test::ends) return text.ends_with(asked);
  if (test == Test::equals) return text == asked;
  // From the beginning, or from one of the words that the index has.
  return text.starts_with(asked) || concept_text_matches(text.substr(0, kIndexedText), asked);
}

bool whole_text_matches(const Indexed& parameter, Test test, const Alternative& asked, const Json& from) {
  bool found = false;
  for_values(parameter, from, [&](const Path& path, const Json& value) {
    whole_strings(*path.leaf, parameter.code, value,
                  [&](std::string_view text) { found = found || text_matches(test, asked.text, text); });
  });
  return found;
}

bool composite_holds(const Composite& composite, const Alternative& asked, const Json& element, const Json& resource) {
  for (std::size_t i = 0; i < composite.components.size(); ++i) {
    const Indexed& component = composite.components[i];
    if (!has_value(component, Test::matches, asked.parts[i], component.of_resource ? resource : element)) return false;
  }
  return true;
}

bool composite_is_in(const Composite& composite, const Alternative& asked, const Json& content) {
  bool found = false;
  for (const Path& base : composite.bases) {
    walk(base, content, [&](const Json& element) { found = found || composite_holds(composite, asked, element, content); });
  }
  return found;
}

bool exactly(const Condition& condition, const Json& content) {
  const std::vector<std::string> texts = raw_strings(*condition.parameter, content);
  return std::any_of(condition.any_of.begin(), condition.any_of.end(), [&](const Alternative& asked) {
    return std::find(texts.begin(), texts.end(), asked.text) != texts.end();
  });
}

// identifier:of-type: the type's coding and the value of one identifier.
bool of_type(const Condition& condition, const Json& content) {
  bool found = false;
  for_values(*condition.parameter, content, [&](const Path&, const Json& identifier) {
    const Json* type = identifier.find("type");
    const Json* codings = type == nullptr ? nullptr : type->find("coding");
    if (codings == nullptr || !codings->is_array()) return;
    for (const Alternative& asked : condition.any_of) {
      if (identifier.text_at("value") != asked.written) continue;
      for (const Json& coding : codings->items()) {
        found = found || (coding.text_at("code") == asked.type_code &&
                          (asked.type_system.empty() || coding.text_at("system") == asked.type_system));
      }
    }
  });
  return found;
}

// Metres between two places on a sphere.
double distance(double latitude, double longitude, double to_latitude, double to_longitude) {
  constexpr double kEarth = 6'371'008.8, kDegree = std::numbers::pi / 180;
  const double north = std::sin((to_latitude - latitude) * kDegree / 2);
  const double east = std::sin((to_longitude - longitude) * kDegree / 2);
  const double part =
      north * north + std::cos(latitude * kDegree) * std::cos(to_latitude * kDegree) * east * east;
  return 2 * kEarth * std::asin(std::min(1.0, std::sqrt(part)));
}

bool is_near(const Condition& condition, const Json& content) {
  bool found = false;
  for (const Path& path : condition.parameter->paths) {
    walk(path, content, [&](const Json& position) {
      const auto latitude = read_decimal(position.text_at("latitude"));
      const auto longitude = read_decimal(position.text_at("longitude"));
      if (!latitude || !longitude) return;
      for (const Alternative& asked : condition.any_of) {
        found = found ||
                distance(asked.latitude, asked.longitude, latitude->value, longitude->value) <= asked.distance;
      }
    });
  }
  return found;
}

// text/xml; charset=utf-8 begins with text/xml, http://a/q|1.2 with http://a/q|1.
bool begins(const Condition& condition, const Json& content) {
  bool found = false;
  for_values(*condition.parameter, content, [&](const Path&, const Json& value) {
    const std::string_view text = value.is_object() ? value.text_at("code") : value.text();
    for (const Alternative& asked : condition.any_of) {
      if (!text.starts_with(asked.text)) continue;
      const std::string_view rest = text.substr(asked.text.size());
      found = found || rest.empty() || std::string_view(";|./").find(rest.front()) != std::string_view::npos;
    }
  });
  return found;
}

}  // namespace

bool has_value(const Indexed& parameter, Test test, const Alternative& asked, const Json& from) {
  if (asked.ticks) return fine_date_is_in(parameter, asked, from);
  const Rows rows = rows_of(parameter, row_number(0, kDeletedCode), from);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_value(parameter.kind, test, asked, rows[i])) return true;
  }
  return parameter.kind == Kind::string && whole_text_matches(parameter, test, asked, from);
}

bool fulfils(const Condition& condition, const Json& content) {
  if (condition.test == Test::exact) return exactly(condition, content);
  if (condition.test == Test::of_type) return of_type(condition, content);
  if (condition.test == Test::near) return is_near(condition, content);
  if (condition.test == Test::begins) return begins(condition, content);
  for (const Alternative& asked : condition.any_of) {
    if (condition.parameter->kind != Kind::composite) {
      if (has_value(*condition.parameter, condition.test, asked, content)) return true;
      continue;
    }
    for (const Composite& composite : condition.parameter->composites) {
      if (composite_is_in(composite, asked, content)) return true;
    }
  }
  return false;
}

}  // namespace yilian::records
