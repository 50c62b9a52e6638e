#pragma once
// A search as it was asked for, read and checked: nothing unknown is passed over.

#include <optional>
#include <string>
#include <vector>

#include "engine/records/dates.h"
#include "engine/records/index_plan.h"
#include "engine/records/measure.h"
#include "engine/records/store.h"
#include "engine/records/view.h"

namespace yilian::records {

enum class Prefix : std::uint8_t { eq, ne, gt, lt, ge, le, sa, eb, ap };

// The unit of a quantity that is searched by.
struct UnitAsked {
  enum class As : std::uint8_t { any, written, coded, of_system } as = As::any;  // 5 · 5||mg · 5|system|mg · 5|system
  std::string system, code;
};

// One of the values that a comma parts.
struct Alternative {
  // token
  std::int64_t code = 0;  // hash; 0 and any_code: every code of the system
  bool any_code = false;
  std::optional<std::int64_t> system;            // system_key; nothing: any
  std::string type_system, type_code, written;   // :of-type, and the value as it was written
  // reference
  std::vector<std::int64_t> targets;  // resource_key
  // date, number, quantity
  Prefix prefix = Prefix::eq;
  Interval interval{0, 0};
  std::optional<Interval> ticks{};  // of a date that is asked for more finely: see fine_dates.h
  Decimal number{0, 0, 0};
  UnitAsked unit;
  // string, uri, :text
  std::string text;  // folded; with :exact and of a uri as it was written
  // As it may have been typed: without its blanks ("zhang san" for zhangsan), as pinyin ("lübu" for lvbu).
  std::vector<std::string> also{};
  std::vector<Alternative> parts;  // of a composite, one for each component
  // near: degrees and metres
  double latitude = 0, longitude = 0, distance = 0;
};

struct Condition;
struct Leg {
  const Plan* plan;  // whose resources…
  std::vector<Condition> all_of;  // …fulfil these
};

struct Condition {
  enum class About : std::uint8_t {
    parameter,
    id,         // `ids`
    updated,    // _lastUpdated
    chain,      // the parameter goes to a resource of one of `legs`
    has,        // a resource of the one leg goes here by the parameter, which is that type's
    list,       // in the List `ids[0]`
    narrative,  // _text
    content,    // _content
    compartment,  // goes by one of `ways` to one of any_of's targets
    all, any, none,  // of `legs`, each on this very type: of _filter
  } about = About::parameter;
  enum class Test : std::uint8_t {
    matches, differs, is_missing, is_there, contains, exact, equals, ends, text, identifier, of_type, above, below, begins, near
  } test = Test::matches;
  const Indexed* parameter = nullptr;
  std::vector<Alternative> any_of;
  std::vector<std::string> ids;
  std::vector<Leg> legs;
  std::vector<const Indexed*> ways;
};

struct SortBy {
  enum class By : std::uint8_t { updated, id, happened, parameter } by = By::updated;
  const Indexed* parameter = nullptr;
  bool descending = false;
};

struct Include {
  bool reverse = false;
  bool iterate = false;
  const Plan* source = nullptr;         // the type that has the references; nullptr: every type
  std::vector<const Indexed*> indexed;  // by which; several of a wildcard, none with a source of every type
  std::string_view target;              // only references to this type; empty: any
};

struct SearchQuery {
  std::vector<Leg> of;  // the types that are searched, nearly always one
  std::vector<SortBy> sort;
  std::vector<Include> includes;
  std::size_t count = 50;
  bool only_count = false;  // _summary=count
  enum class Total : std::uint8_t { none, estimate, if_cheap, accurate } total = Total::if_cheap;
  std::string cursor;
  std::int64_t fingerprint = 0;  // of everything but the page
  Parameters applied;
  Shown shown;
};

inline constexpr std::size_t kMostCount = 1000;

// Errors: unsupported, bad_value, not_found (no such resource type), too_large (terminology), busy, storage.
Result<SearchQuery> read_query(View& view, const SearchRequest& request);

}  // namespace yilian::records
