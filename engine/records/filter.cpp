#include "engine/records/filter.h"

#include <algorithm>
#include <limits>

#include "engine/records/rows.h"
#include "engine/records/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using Test = Condition::Test;

// With so few candidates left it is cheaper to look at each than to read all rows of a wide condition.
constexpr std::int64_t kFewCandidates = 4000;
constexpr std::size_t kFewBlocks = 2000;
constexpr std::int64_t kCountedRows = 500;  // beyond that all conditions count as wide

class Filter {
 public:
  Filter(database::Connection& reader, const SearchQuery& query) : reader_(reader), query_(query) {}

  Result<Bitmap> run() {
    if (query_.ids) start_with_ids();
    std::vector<std::pair<std::int64_t, const Condition*>> ordered;
    for (const Condition& condition : query_.conditions) ordered.emplace_back(breadth(condition), &condition);
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [breadth, condition] : ordered) {
      if (found_ && found_->empty()) break;
      YL_CHECK(apply(*condition, breadth));
    }
    if (!found_) found_ = everything();
    return std::move(*found_);
  }

 private:
  static constexpr std::int64_t kWideBreadth = 1'000'000, kNegativeBreadth = 2'000'000;

  void start_with_ids() {
    Bitmap set;
    for (const std::string& id : *query_.ids) {
      const auto stored = find(reader_, *query_.plan, pack_id(id), resource_key(query_.plan->name, id));
      if (stored && !stored->deleted()) set.add(stored->rid);
    }
    set.finish();
    found_ = std::move(set);
  }

  Bitmap everything() { return scan_equal(reader_, {row_number(query_.plan->type, kEveryCode), 0, {}, std::nullopt}); }

  // About how many rows would be read; nothing more than an order in which to go.
  std::int64_t breadth(const Condition& condition) {
    if (condition.test == Test::differs || condition.test == Test::is_missing) return kNegativeBreadth;
    if (condition.parameter == nullptr || condition.parameter->kind == Kind::date || condition.test == Test::is_there ||
        condition.test == Test::contains) {
      return kWideBreadth;
    }
    std::int64_t rows = 0;
    for (const Alternative& alternative : condition.any_of) {
      if (alternative.any_code) return kWideBreadth;
      for (const Equal& equal : equals_of(condition, alternative)) rows += count_equal(reader_, equal, kCountedRows);
    }
    return rows;
  }

  // The single keys that an alternative stands for.
  static std::vector<Equal> equals_of(const Condition& condition, const Alternative& alternative) {
    std::vector<Equal> out;
    const std::uint32_t number = condition.parameter->number;
    if (condition.parameter->kind == Kind::token) {
      out.push_back({number, alternative.code, {}, alternative.system});
    } else if (condition.parameter->kind == Kind::reference) {
      for (const std::int64_t target : alternative.targets) out.push_back({number, target, {}, std::nullopt});
    } else if (condition.test == Test::exact) {
      out.push_back({number, 0, exact_key(alternative.text), std::nullopt});
    } else {
      out.push_back({number, 0, alternative.text, std::nullopt});
      if (!alternative.joined.empty()) out.push_back({number, 0, alternative.joined, std::nullopt});
    }
    return out;
  }

  void narrow(Bitmap&& set) {
    if (found_) {
      found_->intersect(set);
    } else {
      found_ = std::move(set);
    }
  }

  void exclude(const Bitmap& set) {
    if (!found_) found_ = everything();
    found_->subtract(set);
  }

  bool few() const { return found_ && found_->count() <= kFewCandidates; }

  Result<void> apply(const Condition& condition, std::int64_t breadth) {
    switch (condition.test) {
      case Test::is_there:
        narrow(scan_there(condition));
        return {};
      case Test::is_missing:
        exclude(scan_there(condition));
        return {};
      case Test::differs:
        exclude(token_set(condition, breadth));
        return {};
      case Test::contains:
        narrow(contains_set(condition));
        return {};
      case Test::exact:
        return apply_exact(condition);
      case Test::matches:
        break;
    }
    if (condition.parameter == nullptr) return apply_updated(condition);
    if (condition.parameter->kind == Kind::date) return apply_date(condition);
    narrow(token_set(condition, breadth));
    return {};
  }

  // Tokens, references and the beginnings of strings.
  Bitmap token_set(const Condition& condition, std::int64_t breadth) {
    Bitmap set;
    const bool text = condition.parameter->kind == Kind::string;
    const bool probe = !text && breadth >= kCountedRows && found_ && found_->blocks().size() <= kFewBlocks;
    for (const Alternative& alternative : condition.any_of) {
      if (alternative.any_code) {
        set.unite(scan_system(reader_, condition.parameter->number, *alternative.system));
        continue;
      }
      for (const Equal& equal : equals_of(condition, alternative)) {
        set.unite(text    ? scan_prefix(reader_, equal.parameter, equal.text)
                  : probe ? probe_equal(reader_, equal, *found_)
                          : scan_equal(reader_, equal));
      }
    }
    return set;
  }

  Bitmap contains_set(const Condition& condition) {
    Bitmap set;
    for (const Alternative& alternative : condition.any_of)
      set.unite(scan_contains(reader_, condition.parameter->number, alternative.text));
    return set;
  }

  Bitmap scan_there(const Condition& condition) {
    const std::uint8_t target = condition.parameter->alias && !condition.parameter->target.empty()
                                    ? type_number(condition.parameter->target)
                                    : std::uint8_t{0};
    return scan_any(reader_, condition.parameter->number, target);
  }

  Result<void> apply_exact(const Condition& condition) {
    Bitmap set;
    for (const Alternative& alternative : condition.any_of) {
      for (const Equal& equal : equals_of(condition, alternative)) set.unite(scan_equal(reader_, equal));
    }
    narrow(std::move(set));
    return verify([&](const fhir::Json& content) {
      for (const std::string& text : raw_strings(*condition.parameter, content)) {
        for (const Alternative& alternative : condition.any_of) {
          if (text == alternative.text) return true;
        }
      }
      return false;
    });
  }

  Result<void> apply_date(const Condition& condition) {
    if (few()) {
      return verify([&](const fhir::Json& content) {
        for (const Interval& target : intervals_of(*condition.parameter, content)) {
          for (const Alternative& alternative : condition.any_of) {
            if (holds(alternative.prefix, alternative.interval, target)) return true;
          }
        }
        return false;
      });
    }
    Bitmap set;
    for (const Alternative& alternative : condition.any_of)
      set.unite(scan_dates(reader_, condition.parameter->number, alternative));
    narrow(std::move(set));
    return {};
  }

  Result<void> apply_updated(const Condition& condition) {
    Bitmap set;
    for (const Alternative& alternative : condition.any_of) {
      set.unite(scan_dates(reader_, row_number(query_.plan->type, kUpdatedCode), alternative));
    }
    narrow(std::move(set));
    return {};
  }

  // Looks at each candidate's content.
  template <class Accept>
  Result<void> verify(Accept&& accept) {
    std::optional<Issue> failed;
    found_->keep_if([&](std::int64_t rid) {
      if (failed) return false;
      fhir::Arena arena;
      auto content = load_content(reader_, rid, arena);
      if (!content) {
        failed = content.error();
        return false;
      }
      return accept(**content);
    });
    if (failed) return Failure(std::move(*failed));
    return {};
  }

  database::Connection& reader_;
  const SearchQuery& query_;
  std::optional<Bitmap> found_;
};

}  // namespace

bool holds(Prefix prefix, const Interval& value, const Interval& target) {
  const bool equal = value.low <= target.low && target.high <= value.high;
  switch (prefix) {
    case Prefix::eq:
      return equal;
    case Prefix::ne:
      return !equal;
    case Prefix::gt:
      return target.high > value.high;
    case Prefix::lt:
      return target.low < value.low;
    case Prefix::ge:
      return target.high > value.high || equal;
    case Prefix::le:
      return target.low < value.low || equal;
    case Prefix::sa:
      return target.low >= value.high;
    case Prefix::eb:
      return target.high <= value.low;
    case Prefix::ap:
      return target.low < value.high && target.high > value.low;
  }
  return false;
}

Result<Bitmap> find_matching(database::Connection& reader, const SearchQuery& query) {
  return Filter(reader, query).run();
}

}  // namespace yilian::records
