#pragma once
// What a resource is sorted by, and what is compared letter by letter: values read from its body.

#include <optional>
#include <string>
#include <vector>

#include "engine/records/dates.h"
#include "engine/records/index_plan.h"

namespace yilian::records {

std::vector<Interval> intervals_of(const Indexed& parameter, const fhir::Json& resource);
// Of numbers and quantities, without regard to the unit.
std::vector<double> numbers_of(const Indexed& parameter, const fhir::Json& resource);
// What the parameter's strings, codes, URIs or references are sorted by: names in Chinese by pinyin.
std::vector<std::string> sort_texts(const Indexed& parameter, const fhir::Json& resource);
// The strings as they are written, for :exact.
std::vector<std::string> raw_strings(const Indexed& parameter, const fhir::Json& resource);

}  // namespace yilian::records
