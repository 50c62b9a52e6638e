#include "engine/records/search/filter.h"

#include <algorithm>

#include "engine/records/search/fine_dates.h"
#include "engine/records/search/joins.h"
#include "engine/records/search/lists.h"
#include "engine/records/search/scan.h"
#include "engine/records/search/verify.h"
#include "engine/records/search/word_index.h"
#include "engine/records/search/words.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using About = Condition::About;
using Test = Condition::Test;

// With so few candidates left it is cheaper to look at each than to read all rows of a wide condition.
constexpr std::int64_t kFewCandidates = 500;
constexpr std::size_t kFewBlocks = 2000;
constexpr std::int64_t kFewForWords = 64;  // of words the rows are cheaper, however many
constexpr std::int64_t kCountedRows = 500;  // beyond that all conditions count as wide

// The resources of one type that fulfil all of some conditions.
class Filter {
 public:
  Filter(View& view, const Plan& plan) : view_(view), reader_(view.reader()), plan_(plan) {}

  Result<Bitmap> run(const std::vector<Condition>& all_of) {
    std::vector<std::pair<std::int64_t, const Condition*>> ordered;
    for (const Condition& condition : all_of) ordered.emplace_back(breadth(condition), &condition);
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    bool begun = view_.is_all();
    for (const auto& [breadth, condition] : ordered) {
      if (!begun && !goes_first(*condition, breadth)) {
        YL_CHECK(begin());
        begun = true;
      }
      if (found_ && found_->empty() && condition->about != About::list) break;
      YL_CHECK(apply(*condition, breadth));
    }
    if (!begun) YL_CHECK(begin());
    if (!found_) found_ = everything();
    return std::move(*found_);
  }

 private:
  static constexpr std::int64_t kWideBreadth = 1'000'000, kJoinBreadth = 1'500'000, kNegativeBreadth = 2'000'000,
                                kBodyBreadth = 3'000'000;

  // What the view shows is where it begins, so that no other body is read, counted or told of. Before it go conditions of
  // few rows that are all index and cannot be refused: of what they leave the view has less to look at.
  static bool goes_first(const Condition& condition, std::int64_t breadth) {
    if (breadth < 0 || breadth >= kCountedRows) return false;
    if (condition.about == About::id || condition.about == About::compartment) return true;
    return condition.about == About::parameter && condition.test == Test::matches &&
           (condition.parameter->kind == Kind::token || condition.parameter->kind == Kind::reference);
  }

  Result<void> begin() {
    if (found_) return view_.cut(*found_, plan_);
    YL_TRY(seen_, view_.of(plan_));
    if (!seen_->only) return {};
    found_ = seen_->only;
    seen_->cut(*found_);
    return {};
  }

  Bitmap everything() {
    Bitmap all = scan_type(reader_, plan_.type);
    if (seen_ != nullptr) seen_->cut(all);
    return all;
  }

  // About how many rows would be read; nothing more than an order in which to go.
  std::int64_t breadth(const Condition& condition) {
    switch (condition.about) {
      case About::list:
        return -1;  // first and always: that there is no such List must not depend on what others have rows for
      case About::id:
        return 0;
      case About::compartment:
        return 1;
      case About::updated:
        return kWideBreadth;
      case About::chain:
      case About::has:
      case About::all:
      case About::any:
        return kJoinBreadth;
      case About::none:
        return kNegativeBreadth;
      case About::narrative:
      case About::content:
        return count_words(reader_, plan_.type, condition, kCountedRows).value_or(kBodyBreadth);
      case About::parameter:
        return breadth_of_parameter(condition);
    }
    return kWideBreadth;
  }

  std::int64_t breadth_of_parameter(const Condition& condition) {
    const Kind kind = condition.parameter->kind;
    switch (condition.test) {
      case Test::differs:
      case Test::is_missing:
        return kNegativeBreadth;
      case Test::near:
      case Test::begins:
        return kBodyBreadth;
      case Test::is_there:
      case Test::contains:
      case Test::ends:
      case Test::text:
        return kWideBreadth;
      default:
        break;
    }
    if (kind == Kind::composite) return kWideBreadth + 1;
    if (kind == Kind::date || kind == Kind::number || kind == Kind::quantity) return kWideBreadth;
    std::int64_t rows = 0;
    for (const Stretch& stretch : stretches_of(reader_, *condition.parameter, condition.test, condition.any_of)) {
      if (stretch.accept) return kWideBreadth;
      rows += count(reader_, stretch, kCountedRows);
    }
    return rows;
  }

  void narrow(Bitmap&& set) {
    if (found_) {
      found_->intersect(set);
    } else {
      found_ = std::move(set);
      if (seen_ != nullptr) seen_->cut(*found_);
    }
  }

  Result<void> narrow_to(Result<Bitmap>&& set) {
    if (!set) return Failure(std::move(set).error());
    narrow(std::move(*set));
    return {};
  }

  void exclude(const Bitmap& set) {
    if (!found_) found_ = everything();
    found_->subtract(set);
  }

  Result<void> apply(const Condition& condition, std::int64_t breadth) {
    switch (condition.about) {
      case About::parameter:
        return apply_parameter(condition, breadth);
      case About::id:
        narrow(with_ids(condition.ids));
        return {};
      case About::updated:
        return narrow_to(updated(condition));
      case About::compartment:
        return narrow_to(in_compartment(condition));
      case About::chain:
      case About::has:
        return apply_join(condition);
      case About::list: {
        YL_TRY(Bitmap listed, resources_in_list(view_, condition.ids.front()));
        if (!found_) found_ = everything();
        narrow(std::move(listed));
        return {};
      }
      case About::narrative:
      case About::content:
        return apply_words(condition, breadth);
      case About::all:
      case About::any:
      case About::none:
        return apply_group(condition);
    }
    return {};
  }

  Result<void> apply_words(const Condition& condition, std::int64_t breadth) {
    if (breadth >= kCountedRows && found_ && found_->count() <= kFewForWords)
      return keep_with_words(reader_, plan_, condition, *found_);
    WordsFound words = find_words(reader_, plan_.type, condition);
    narrow(std::move(words.all));
    words.unsure.intersect(*found_);
    if (words.unsure.empty()) return {};
    found_->subtract(words.unsure);
    YL_CHECK(keep_with_words(reader_, plan_, condition, words.unsure));
    found_->unite(words.unsure);
    return {};
  }

  Bitmap with_ids(const std::vector<std::string>& ids) {
    Bitmap set;
    for (const std::string& id : ids) {
      const auto stored = find(reader_, plan_, pack_id(id), resource_key(plan_.name, id));
      if (stored && !stored->deleted()) set.add(stored->rid);
    }
    set.finish();
    return set;
  }

  Result<Bitmap> updated(const Condition& condition) {
    return union_of(updated_parameter(plan_.type), Test::matches, condition.any_of, false);
  }

  Result<Bitmap> in_compartment(const Condition& condition) {
    Bitmap set = with_ids(condition.ids);
    for (const Indexed* way : condition.ways) {
      YL_TRY(const Bitmap by_this, union_of(*way, Test::matches, condition.any_of, false));
      set.unite(by_this);
    }
    return set;
  }

  Result<void> apply_join(const Condition& condition) {
    Bitmap set;
    for (const Leg& leg : condition.legs) {
      YL_TRY(const Bitmap there, Filter(view_, *leg.plan).run(leg.all_of));
      YL_TRY(const Bitmap here, condition.about == About::has
                                    ? referred(reader_, *condition.parameter, there, plan_)
                                    : referring(reader_, *condition.parameter, *leg.plan, there));
      set.unite(here);
    }
    if (condition.test == Test::differs) {
      exclude(set);
    } else {
      narrow(std::move(set));
    }
    return {};
  }

  Result<void> apply_group(const Condition& condition) {
    Bitmap set;
    bool first = true;
    for (const Leg& leg : condition.legs) {
      YL_TRY(Bitmap part, Filter(view_, plan_).run(leg.all_of));
      if (condition.about == About::all && !first) {
        set.intersect(part);
      } else {
        set.unite(part);
      }
      first = false;
    }
    if (condition.about == About::none) {
      exclude(set);
    } else {
      narrow(std::move(set));
    }
    return {};
  }

  Result<void> apply_parameter(const Condition& condition, std::int64_t breadth) {
    const Indexed& parameter = *condition.parameter;
    switch (condition.test) {
      case Test::is_there:
        narrow(scan_any(reader_, parameter));
        return {};
      case Test::is_missing:
        exclude(scan_any(reader_, parameter));
        return {};
      case Test::differs: {
        YL_TRY(const Bitmap set, union_of(condition, breadth));
        exclude(set);
        return {};
      }
      case Test::near:
        if (!found_) found_ = everything();
        return verify(condition);
      case Test::begins:
        narrow(scan_any(reader_, parameter));
        return verify(condition);
      case Test::exact:
      case Test::of_type:
        YL_CHECK(narrow_to(union_of(condition, breadth)));
        return verify(condition);
      default:
        break;
    }
    if (parameter.kind == Kind::composite) return apply_composite(condition);
    if (breadth >= kWideBreadth && found_ && found_->count() <= kFewCandidates) return verify(condition);
    if (is_fine(condition)) return apply_fine(condition);
    return narrow_to(union_of(condition, breadth));
  }

  Result<Bitmap> union_of(const Condition& condition, std::int64_t breadth) {
    const bool few = breadth >= kCountedRows && found_ && found_->blocks().size() <= kFewBlocks;
    return union_of(*condition.parameter, condition.test, condition.any_of, few);
  }

  Result<Bitmap> union_of(const Indexed& parameter, Test test, const std::vector<Alternative>& any_of,
                          bool few_candidates) {
    Bitmap set;
    const bool probes = few_candidates && (parameter.kind == Kind::token || parameter.kind == Kind::reference);
    for (const Stretch& stretch : stretches_of(reader_, parameter, test, any_of)) {
      if (probes && !stretch.accept) {
        probe_into(reader_, stretch, *found_, set);
      } else {
        scan_into(reader_, stretch, set);
      }
    }
    set.finish();
    if (parameter.kind == Kind::string && test != Test::exact) YL_CHECK(look_at_long_texts(parameter, test, any_of, set));
    return set;
  }

  // Of long texts the index has only the beginnings.
  Result<void> look_at_long_texts(const Indexed& parameter, Test test, const std::vector<Alternative>& any_of,
                                  Bitmap& set) {
    Bitmap longer;
    for (const Stretch& stretch : rows_beside(parameter)) scan_into(reader_, stretch, longer);
    longer.finish();
    if (longer.empty()) return {};
    set.subtract(longer);
    if (found_) {
      longer.intersect(*found_);
    } else if (seen_ != nullptr) {
      seen_->cut(longer);
    }
    YL_CHECK(look_at_each(reader_, longer, parameter.code, [&](const fhir::Json& content) {
      return std::any_of(any_of.begin(), any_of.end(), [&](const Alternative& asked) {
        return has_value(parameter, test, asked, content);
      });
    }));
    set.unite(longer);
    return {};
  }

  Result<void> apply_fine(const Condition& condition) {
    std::vector<Alternative> sure, unsure;
    for (const Alternative& asked : condition.any_of) {
      sure.push_back(surely(asked));
      unsure.push_back(perhaps(asked));
    }
    YL_TRY(Bitmap found, union_of(*condition.parameter, Test::matches, sure, false));
    YL_TRY(Bitmap more, union_of(*condition.parameter, Test::matches, unsure, false));
    more.subtract(found);
    if (found_) {
      more.intersect(*found_);
    } else if (seen_ != nullptr) {
      seen_->cut(more);
    }
    YL_CHECK(look_at_each(reader_, more, condition.parameter->code,
                          [&](const fhir::Json& content) { return fulfils(condition, content); }));
    found.unite(more);
    narrow(std::move(found));
    return {};
  }

  // Both values in one resource; where elements repeat, in one of them.
  Result<void> apply_composite(const Condition& condition) {
    Bitmap set;
    bool sure = true;
    for (const Composite& composite : condition.parameter->composites) {
      for (const Alternative& asked : condition.any_of) {
        if (composite.number != 0) {
          Bitmap together;
          for (const Stretch& stretch : stretches_of(reader_, composite, asked)) scan_into(reader_, stretch, together);
          together.finish();
          set.unite(together);
          continue;
        }
        if (composite.repeats) sure = false;
        YL_TRY(const Bitmap both, all_parts(composite, asked, sure));
        set.unite(both);
      }
    }
    narrow(std::move(set));
    return sure ? Result<void>() : verify(condition);
  }

  Result<Bitmap> all_parts(const Composite& composite, const Alternative& asked, bool& sure) {
    std::optional<Bitmap> set;
    for (std::size_t i = 0; i < composite.components.size(); ++i) {
      const Indexed& component = composite.components[i];
      if (component.numbers.empty()) {
        sure = false;
        continue;
      }
      if (asked.parts[i].ticks) sure = false;
      YL_TRY(Bitmap part, union_of(component, Test::matches, {perhaps(asked.parts[i])}, false));
      if (set) {
        set->intersect(part);
      } else {
        set = std::move(part);
      }
    }
    return set ? std::move(*set) : everything();
  }

  Result<void> verify(const Condition& condition) {
    return look_at_each(reader_, *found_, condition.parameter->code,
                        [&](const fhir::Json& content) { return fulfils(condition, content); });
  }

  View& view_;
  database::Connection& reader_;
  const Plan& plan_;
  const View::Seen* seen_ = nullptr;  // of a view that is not of all
  std::optional<Bitmap> found_;
};

}  // namespace

Result<Bitmap> find_matching(View& view, const SearchQuery& query) {
  Bitmap found;
  for (const Leg& leg : query.of) {
    YL_TRY(const Bitmap part, Filter(view, *leg.plan).run(leg.all_of));
    found.unite(part);
  }
  return found;
}

}  // namespace yilian::records
