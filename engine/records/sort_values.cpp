#include "engine/records/sort_values.h"

#include "engine/records/intervals.h"
#include "engine/records/measure.h"
#include "engine/records/strings.h"
#include "engine/records/values_of.h"

namespace yilian::records {

using fhir::Json;

std::vector<Interval> intervals_of(const Indexed& parameter, const Json& resource) {
  std::vector<Interval> out;
  for_values(parameter, resource, [&](const Path& path, const Json& value) {
    intervals_in(*path.leaf, value, [&](const Interval& interval) { out.push_back(interval); });
  });
  return out;
}

std::vector<double> numbers_of(const Indexed& parameter, const Json& resource) {
  std::vector<double> out;
  for_values(parameter, resource, [&](const Path& path, const Json& value) {
    if (const auto measure = read_measure(path.leaf->name, value)) out.push_back(measure->span.low);
  });
  return out;
}

std::vector<std::string> sort_texts(const Indexed& parameter, const Json& resource) {
  std::vector<std::string> out;
  for_values(parameter, resource, [&](const Path& path, const Json& value) {
    if (parameter.kind == Kind::string) {
      out.push_back(sort_string(*path.leaf, parameter.code, value));
    } else if (parameter.kind == Kind::reference) {
      out.emplace_back(value.is_object() ? value.text_at("reference") : value.text());
    } else if (value.is_object()) {
      const Json* codings = value.find("coding");
      const Json* first =
          codings != nullptr && codings->is_array() && codings->size() > 0 ? &codings->items().front() : &value;
      const std::string_view code = first->text_at("code");
      out.emplace_back(code.empty() ? first->text_at("value") : code);
    } else {
      out.emplace_back(value.text());
    }
  });
  return out;
}

std::vector<std::string> raw_strings(const Indexed& parameter, const Json& resource) {
  std::vector<std::string> out;
  for_values(parameter, resource, [&](const Path& path, const Json& value) { exact_strings(*path.leaf, value, out); });
  return out;
}

}  // namespace yilian::records
