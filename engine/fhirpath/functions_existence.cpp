// FHIRPath 2.0, 5.1: what is there.

#include <algorithm>

#include "engine/fhirpath/equal_set.h"
#include "engine/fhirpath/function.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

// Whether an item fulfils an argument; a failure of its own when that is no Boolean.
std::optional<bool> holds(Call& call, std::size_t item) { return call.run.truth(call.step, call.on(0, item)); }

Collection empty(Call& call) { return call.run.one(call.input.empty()); }

Collection exists(Call& call) {
  if (!call.has(0)) return call.run.one(!call.input.empty());
  for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) {
    if (holds(call, i) == true) return call.run.one(true);
  }
  return call.run.one(false);
}

Collection all(Call& call) {
  for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) {
    if (holds(call, i) != true) return call.run.one(false);
  }
  return call.run.one(true);
}

Collection booleans(Call& call, bool wanted, bool of_all) {
  for (const Item& item : call.input) {
    Item value = Item::of(false);
    if (!call.run.system(item, value) || value.kind() != Item::Kind::boolean) {
      return call.fail("Only Booleans are allowed here, not " + type_of(item));
    }
    if (!of_all && value.boolean() == wanted) return call.run.one(true);
    if (of_all && value.boolean() != wanted) return call.run.one(false);
  }
  return call.run.one(of_all);
}
Collection all_true(Call& call) { return booleans(call, true, true); }
Collection any_true(Call& call) { return booleans(call, true, false); }
Collection all_false(Call& call) { return booleans(call, false, true); }
Collection any_false(Call& call) { return booleans(call, false, false); }

bool is_within(Run& run, Collection part, Collection whole) {
  const EqualSet known(run, whole);
  return std::ranges::all_of(part, [&](const Item& item) { return known.has(item); });
}
Collection subset_of(Call& call) { return call.run.one(is_within(call.run, call.input, call.argument(0))); }
Collection superset_of(Call& call) { return call.run.one(is_within(call.run, call.argument(0), call.input)); }

Collection count(Call& call) { return call.run.integer(static_cast<std::int64_t>(call.input.size())); }
Collection distinct(Call& call) { return union_of(call.run, call.input, {}); }
Collection is_distinct(Call& call) { return call.run.one(distinct(call).size() == call.input.size()); }

Collection negated(Call& call) {
  const auto value = call.run.truth(call.step, call.input);
  return value ? call.run.one(!*value) : Collection();
}

constexpr Function kFunctions[]{
    {"empty", 0, 0, Gives::boolean, kNever, false, empty},
    {"exists", 0, 1, Gives::boolean, 0, false, exists},
    {"all", 1, 1, Gives::boolean, 0, false, all},
    {"allTrue", 0, 0, Gives::boolean, kNever, false, all_true},
    {"anyTrue", 0, 0, Gives::boolean, kNever, false, any_true},
    {"allFalse", 0, 0, Gives::boolean, kNever, false, all_false},
    {"anyFalse", 0, 0, Gives::boolean, kNever, false, any_false},
    {"subsetOf", 1, 1, Gives::boolean, kNever, false, subset_of},
    {"supersetOf", 1, 1, Gives::boolean, kNever, false, superset_of},
    {"count", 0, 0, Gives::integer, kNever, false, count},
    {"distinct", 0, 0, Gives::same, kNever, false, distinct},
    {"isDistinct", 0, 0, Gives::boolean, kNever, false, is_distinct},
    {"not", 0, 0, Gives::boolean, kNever, false, negated},
};

}  // namespace

std::span<const Function> existence_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
