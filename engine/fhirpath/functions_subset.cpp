// FHIRPath 2.0, 5.3 and 5.4: parts of a collection, and two collections in one.

#include <algorithm>

#include "engine/fhirpath/equal_set.h"
#include "engine/fhirpath/function.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

Collection single(Call& call) {
  if (call.input.size() > 1) return call.fail("single() found " + std::to_string(call.input.size()) + " items");
  return call.input;
}
Collection first(Call& call) { return call.input.first(std::min<std::size_t>(call.input.size(), 1)); }
Collection last(Call& call) { return call.input.last(std::min<std::size_t>(call.input.size(), 1)); }
Collection tail(Call& call) { return call.input.subspan(std::min<std::size_t>(call.input.size(), 1)); }

// The number of items that an argument asks for: 0 to all.
std::size_t number(Call& call) {
  std::int64_t wanted = 0;
  if (!call.run.single_integer(call.step, call.argument(0), wanted)) return 0;
  return std::min(static_cast<std::size_t>(std::max<std::int64_t>(wanted, 0)), call.input.size());
}
Collection skip(Call& call) { return call.input.subspan(number(call)); }
Collection take(Call& call) { return call.input.first(number(call)); }

Collection intersect(Call& call) {
  const EqualSet other(call.run, call.argument(0));
  EqualSet seen(call.run);
  Collector out(call.run);
  for (const Item& item : call.input) {
    if (other.has(item) && seen.add(item)) out.add(item);
  }
  return out.done();
}

Collection exclude(Call& call) {
  const EqualSet other(call.run, call.argument(0));
  Collector out(call.run);
  for (const Item& item : call.input) {
    if (!other.has(item)) out.add(item);
  }
  return out.done();
}

Collection united(Call& call) { return union_of(call.run, call.input, call.argument(0)); }

Collection combine(Call& call) {
  Collector out(call.run);
  out.add(call.input);
  out.add(call.argument(0));
  return out.done();
}

constexpr Function kSubsets[]{
    {"single", 0, 0, Gives::same, kNever, false, single},
    {"first", 0, 0, Gives::same, kNever, true, first},
    {"last", 0, 0, Gives::same, kNever, true, last},
    {"tail", 0, 0, Gives::same, kNever, true, tail},
    {"skip", 1, 1, Gives::same, kNever, true, skip},
    {"take", 1, 1, Gives::same, kNever, true, take},
    {"intersect", 1, 1, Gives::same, kNever, false, intersect},
    {"exclude", 1, 1, Gives::same, kNever, false, exclude},
};
constexpr Function kCombinations[]{
    {"union", 1, 1, Gives::both, kNever, false, united},
    {"combine", 1, 1, Gives::both, kNever, false, combine},
};

}  // namespace

std::span<const Function> subset_functions() { return kSubsets; }
std::span<const Function> combine_functions() { return kCombinations; }

}  // namespace yilian::fhirpath
