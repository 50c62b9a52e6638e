// FHIRPath 2.0, 5.7: mathematics. Nothing of what is not defined or too large.

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

using Kind = Item::Kind;

Decimal decimal_of(const Item& item) { return item.kind() == Kind::integer ? Decimal(item.integer()) : item.decimal(); }

// The input as a number; false: empty or failed.
bool number(Call& call, Collection items, Item& value) {
  if (!call.run.single(call.step, items, value)) return false;
  if (value.is_number()) return true;
  call.fail("A number is wanted, not " + type_of(items.front()));
  return false;
}

Collection whole(Call& call, const Decimal& value) {
  const auto made = value.whole();
  if (!made || *made > INT32_MAX || *made < INT32_MIN) return {};
  return call.run.integer(*made);
}

Collection absolute(Call& call) {
  Item value = Item::of(false);
  if (!call.run.single(call.step, call.input, value)) return {};
  const auto positive = [](const Decimal& d) { return d.is_negative() ? d.negated() : d; };
  if (value.kind() == Kind::integer) return call.run.integer(std::abs(value.integer()));
  if (value.kind() == Kind::decimal) return call.run.value(std::optional(positive(value.decimal())));
  if (value.kind() == Kind::quantity) {
    return call.run.value(std::optional(Quantity{positive(value.quantity().value), value.quantity().unit}));
  }
  return call.fail("A number is wanted, not " + type_of(call.input.front()));
}

Collection rounded(Call& call, Decimal (*change)(const Decimal&)) {
  Item value = Item::of(false);
  return number(call, call.input, value) ? whole(call, change(decimal_of(value))) : Collection();
}
Collection ceiling(Call& call) {
  return rounded(call, [](const Decimal& d) { return d.ceiling(); });
}
Collection floor(Call& call) {
  return rounded(call, [](const Decimal& d) { return d.floor(); });
}
Collection truncate(Call& call) {
  return rounded(call, [](const Decimal& d) { return d.truncated(0); });
}

Collection round(Call& call) {
  Item value = Item::of(false);
  std::int64_t digits = 0;
  if (!number(call, call.input, value)) return {};
  if (call.has(0) && !call.run.single_integer(call.step, call.argument(0), digits)) return {};
  if (digits < 0) return call.fail("round() takes no negative number of digits");
  return call.run.value(
      std::optional(decimal_of(value).rounded(static_cast<int>(std::min<std::int64_t>(digits, 100)))));
}

Collection of_one(Call& call, std::optional<Decimal> (*function)(const Decimal&)) {
  Item value = Item::of(false);
  if (!call.run.spend(100) || !number(call, call.input, value)) return {};
  return call.run.value(function(decimal_of(value)));
}
Collection sqrt(Call& call) { return of_one(call, square_root); }
Collection exp(Call& call) { return of_one(call, exponential); }
Collection ln(Call& call) { return of_one(call, natural_logarithm); }

Collection log(Call& call) {
  Item value = Item::of(false), base = value;
  if (!call.run.spend(100) || !number(call, call.input, value) || !number(call, call.argument(0), base)) return {};
  return call.run.value(logarithm(decimal_of(value), decimal_of(base)));
}

Collection to_power(Call& call) {
  Item value = Item::of(false), exponent = value;
  if (!call.run.spend(100) || !number(call, call.input, value) || !number(call, call.argument(0), exponent)) return {};
  const auto made = power(decimal_of(value), decimal_of(exponent));
  const bool whole_ones = value.kind() == Kind::integer && exponent.kind() == Kind::integer && exponent.integer() >= 0;
  return made && whole_ones ? whole(call, *made) : call.run.value(made);
}

constexpr Function kFunctions[]{
    {"abs", 0, 0, Gives::other, kNever, false, absolute},  {"ceiling", 0, 0, Gives::integer, kNever, false, ceiling},
    {"floor", 0, 0, Gives::integer, kNever, false, floor}, {"truncate", 0, 0, Gives::integer, kNever, false, truncate},
    {"round", 0, 1, Gives::decimal, kNever, false, round}, {"sqrt", 0, 0, Gives::decimal, kNever, false, sqrt},
    {"exp", 0, 0, Gives::decimal, kNever, false, exp},     {"ln", 0, 0, Gives::decimal, kNever, false, ln},
    {"log", 1, 1, Gives::decimal, kNever, false, log},     {"power", 1, 1, Gives::other, kNever, false, to_power},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
