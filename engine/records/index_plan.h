#pragma once
// Which search parameters are indexed, and how the rows of each resource type are found. Which: kCodes in
// index_plan.cpp, an explicit list. How: the definitions' own expressions.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/path.h"

namespace yilian::records {

using Kind = fhir::SearchParameter::Kind;

// A search parameter of one resource type, indexed.
struct Indexed {
  std::string_view code;
  Kind kind;
  std::uint32_t number;     // of its rows; the number of another parameter when it only narrows that one to a target
  bool alias = false;       // its rows are another's
  std::string_view target;  // of an alias: only references to this type
  std::vector<std::string_view> targets;  // types that a reference may point to; empty: any
  std::string_view url;
  std::vector<Path> paths;
};

// A path by which a parameter's rows are found.
struct Way {
  const Indexed* parameter;
  const Path* path;
};

struct Plan {
  std::uint8_t type;
  std::string_view name;
  std::vector<Indexed> parameters;
  const Indexed* happened =
      nullptr;  // the date by which the type is ordered in time ("date", "birthdate", …); may be none
  // The paths of all that have rows of their own, by the member that they begin with (MemberTable::order of the type):
  // a resource is walked once.
  const fhir::MemberTable* members;
  std::vector<std::vector<Way>> ways;
  const Indexed* find(std::string_view code) const;
};

// Rows that every resource has, beside those of the parameters.
inline constexpr std::uint32_t kEveryCode = 0;    // key 0: all of the type
inline constexpr std::uint32_t kUpdatedCode = 1;  // key: lastUpdated, in milliseconds
inline constexpr std::uint32_t kDeletedCode = 2;  // the same of deleted ones, which have no other row

// The number of a parameter's rows. `wide`: dates whose interval is longer than a day, kept apart so that a search for
// a moment looks at few of them.
constexpr std::uint32_t row_number(std::uint8_t type, std::uint32_t code, bool wide = false) {
  return ((static_cast<std::uint32_t>(type) << 7 | code) << 1) | (wide ? 1U : 0U);
}
inline constexpr std::int64_t kWide = 86'400'000;

// Made at first use; nullptr for a type that R4 has not.
const Plan* plan(std::string_view type);
const Plan* plan(std::uint8_t type);

}  // namespace yilian::records
