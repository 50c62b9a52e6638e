// lowBoundary(), highBoundary(), precision() and comparable() (FHIRPath 2.1, 5.7; FHIR R4's tests use them).

#include <algorithm>

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

using Kind = Item::Kind;

constexpr int kDefaultScale = 8;
constexpr int kFinestScale = 28;

// Half a unit of the last digit below or above. Away from zero the result is rounded, towards zero cut off: the way
// FHIR's own tests count.
std::optional<Decimal> decimal_boundary(const Decimal& value, int scale, bool low) {
  const auto half = Decimal::make(5, value.scale() + 1);
  if (!half) return std::nullopt;
  const auto bound = low ? subtract(value, *half) : add(value, *half);
  if (!bound) return std::nullopt;
  const bool outwards = value.is_zero() || value.is_negative() == low;
  const Decimal made = outwards ? bound->rounded(scale) : bound->truncated(scale);
  return made.with_scale(scale);
}

Collection of_number(Call& call, const Decimal& value, std::optional<std::int64_t> digits, bool low,
                     const Quantity* quantity) {
  const std::int64_t scale = digits.value_or(kDefaultScale);
  if (scale < 0 || scale > kFinestScale) return {};
  const auto made = decimal_boundary(value, static_cast<int>(scale), low);
  if (!made) return {};
  if (quantity) return call.run.value(std::optional(Quantity{*made, quantity->unit}));
  return call.run.value(made);
}

Collection boundary(Call& call, bool low) {
  Item value = Item::of(false);
  std::optional<std::int64_t> digits;
  if (!call.run.single(call.step, call.input, value)) return {};
  if (call.has(0)) {
    std::int64_t given = 0;
    if (!call.run.single_integer(call.step, call.argument(0), given)) return {};
    digits = given;
  }
  switch (value.kind()) {
    case Kind::integer:
      return of_number(call, Decimal(value.integer()), digits, low, nullptr);
    case Kind::decimal:
      return of_number(call, value.decimal(), digits, low, nullptr);
    case Kind::quantity:
      return of_number(call, value.quantity().value, digits, low, &value.quantity());
    case Kind::date:
    case Kind::date_time:
    case Kind::time: {
      std::optional<int> wanted;
      if (digits) wanted = static_cast<int>(std::clamp<std::int64_t>(*digits, -1, 100));
      return call.run.value(low ? low_boundary(value.temporal(), wanted) : high_boundary(value.temporal(), wanted));
    }
    default:
      return call.fail(type_of(call.input.front()) + " has no boundaries");
  }
}
Collection low(Call& call) { return boundary(call, true); }
Collection high(Call& call) { return boundary(call, false); }

Collection precision(Call& call) {
  Item value = Item::of(false);
  if (!call.run.single(call.step, call.input, value)) return {};
  if (value.kind() == Kind::integer) return call.run.integer(0);
  if (value.kind() == Kind::decimal) return call.run.integer(value.decimal().scale());
  if (value.is_temporal()) return call.run.integer(value.temporal().digits());
  return call.fail(type_of(call.input.front()) + " has no precision");
}

Collection can_be_compared(Call& call) {
  Item a = Item::of(false), b = a;
  if (!call.run.single(call.step, call.input, a) || !call.run.single(call.step, call.argument(0), b)) return {};
  if (a.kind() != Kind::quantity || b.kind() != Kind::quantity) return call.fail("comparable() is for quantities");
  return call.run.one(comparable(a.quantity(), b.quantity()));
}

constexpr Function kFunctions[]{
    {"lowBoundary", 0, 1, Gives::other, kNever, false, low},
    {"highBoundary", 0, 1, Gives::other, kNever, false, high},
    {"precision", 0, 0, Gives::integer, kNever, false, precision},
    {"comparable", 1, 1, Gives::boolean, kNever, false, can_be_compared},
};

}  // namespace

std::span<const Function> boundary_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
