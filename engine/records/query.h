#pragma once
// A search as it was asked for, read and checked: nothing unknown is passed over.

#include <optional>
#include <string>
#include <vector>

#include "engine/records/dates.h"
#include "engine/records/index_plan.h"
#include "engine/records/store.h"

namespace yilian::records {

enum class Prefix : std::uint8_t { eq, ne, gt, lt, ge, le, sa, eb, ap };

// One of the values that a comma parts.
struct Alternative {
  // token
  std::int64_t code = 0;  // hash; 0 and any_code: every code of the system
  bool any_code = false;
  std::optional<std::int64_t> system;  // system_key; nothing: any
  // reference
  std::vector<std::int64_t> targets;  // resource_key
  // date
  Prefix prefix = Prefix::eq;
  Interval interval{0, 0};
  // string
  std::string text;    // folded; with :exact as it was written
  std::string joined;  // without its blanks ("zhang san" for zhangsan); empty: no blanks in it
};

struct Condition {
  enum class Test : std::uint8_t { matches, differs, is_missing, is_there, contains, exact } test = Test::matches;
  const Indexed* parameter = nullptr;  // nullptr: _lastUpdated
  std::vector<Alternative> any_of;
};

struct SortBy {
  enum class By : std::uint8_t { updated, id, happened, parameter } by = By::updated;
  const Indexed* parameter = nullptr;
  bool descending = false;
};

struct Include {
  bool reverse = false;
  const Plan* source = nullptr;      // the type that has the reference
  std::vector<Path> paths;           // where
  const Indexed* indexed = nullptr;  // of a reverse one
  std::string_view target;           // only references to this type; empty: any
};

struct SearchQuery {
  const Plan* plan = nullptr;
  std::vector<Condition> conditions;
  std::optional<std::vector<std::string>> ids;  // _id
  std::vector<SortBy> sort;
  std::vector<Include> includes;
  std::size_t count = 50;
  bool only_count = false;  // _summary=count
  bool total = true;
  std::string cursor;
  std::int64_t fingerprint = 0;  // of everything but the page
  Parameters applied;
};

inline constexpr std::size_t kMostCount = 1000;

// Errors: unsupported, bad_value, not_found (no such resource type).
Result<SearchQuery> read_query(std::string_view type, const Parameters& parameters);

}  // namespace yilian::records
