// FHIRPath 2.0, 6.1 to 6.6: the binary operators and the signs.

#include <algorithm>

#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

using Kind = Item::Kind;

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::plus:
      return "+";
    case Op::minus:
      return "-";
    case Op::times:
      return "*";
    case Op::slash:
      return "/";
    case Op::div:
      return "div";
    default:
      return "mod";
  }
}

Collection undefined(Run& run, const Step& step, const Item& a, const Item& b) {
  return run.fail(step, Code::bad_value,
                  "'" + std::string(sign_of(step.op)) + "' is not defined for " + type_of(a) + " and " + type_of(b));
}

bool fits_integer(std::int64_t value) { return value >= INT32_MIN && value <= INT32_MAX; }

// Nothing of what does not fit, or of a division by zero.
Collection integers(Run& run, Op op, std::int64_t a, std::int64_t b) {
  std::int64_t made = 0;
  switch (op) {
    case Op::plus:
      made = a + b;
      break;
    case Op::minus:
      made = a - b;
      break;
    case Op::times:
      if (__builtin_mul_overflow(a, b, &made)) return {};
      break;
    case Op::slash:
      return run.value(divide(Decimal(a), Decimal(b)));
    default:
      if (b == 0) return {};
      made = op == Op::div ? a / b : a % b;
  }
  return fits_integer(made) ? run.integer(made) : Collection();
}

Collection decimals(Run& run, Op op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Op::plus:
      return run.value(add(a, b));
    case Op::minus:
      return run.value(subtract(a, b));
    case Op::times:
      return run.value(multiply(a, b));
    case Op::slash:
      return run.value(divide(a, b));
    case Op::mod:
      return run.value(remainder(a, b));
    default:
      break;
  }
  const auto made = divide_whole(a, b);
  const auto whole = made ? made->whole() : std::nullopt;
  return whole && fits_integer(*whole) ? run.integer(*whole) : Collection();
}

Collection quantities(Run& run, const Step& step, const Item& left, const Item& right) {
  const Quantity &a = left.quantity(), &b = right.quantity();
  switch (step.op) {
    case Op::plus:
      return run.value(add(a, b, run.arena()));
    case Op::minus:
      return run.value(add(a, Quantity{b.value.negated(), b.unit}, run.arena()));
    case Op::times:
      return run.value(multiply(a, b, run.arena()));
    case Op::slash:
      return run.value(divide(a, b, run.arena()));
    default:
      return undefined(run, step, left, right);
  }
}

Collection move_in_time(Run& run, const Step& step, const Item& left, const Item& right) {
  const Quantity& by = right.quantity();
  const auto unit = addable_unit(by.unit);
  if (!unit) {
    return run.fail(step, Code::bad_value, "'" + std::string(by.unit) + "' cannot be added to a date or time",
                    "Use a duration of the calendar: 1 year, 2 months, 3 days");
  }
  return run.value(add(left.temporal(), step.op == Op::minus ? by.value.negated() : by.value, *unit));
}

Decimal decimal_of(const Item& item) { return item.kind() == Kind::integer ? Decimal(item.integer()) : item.decimal(); }

Item as_quantity(Run& run, const Item& item) {
  return item.is_number() ? Item::of(keep(run.arena(), Quantity{decimal_of(item), "1"})) : item;
}

Collection arithmetic(Run& run, const Step& step, Collection left, Collection right) {
  Item a = Item::of(false), b = a;
  const bool has_left = run.single(step, left, a);
  const bool has_right = run.single(step, right, b);
  if (!has_left || !has_right) {
    if (!left.empty() && !right.empty() && !run.failed()) return undefined(run, step, left.front(), right.front());
    return {};
  }
  if (a.kind() == Kind::integer && b.kind() == Kind::integer) {
    return integers(run, step.op, a.integer(), b.integer());
  }
  if (a.is_number() && b.is_number()) return decimals(run, step.op, decimal_of(a), decimal_of(b));
  if (a.kind() == Kind::string && b.kind() == Kind::string && step.op == Op::plus) {
    return run.text(step, std::string(a.text()) + std::string(b.text()));
  }
  const bool sum = step.op == Op::plus || step.op == Op::minus;
  if (a.is_temporal() && b.kind() == Kind::quantity && sum) return move_in_time(run, step, a, b);
  if (a.kind() == Kind::quantity || b.kind() == Kind::quantity) {
    const Item x = as_quantity(run, a), y = as_quantity(run, b);
    if (x.kind() == y.kind()) return quantities(run, step, x, y);
  }
  return undefined(run, step, left.front(), right.front());
}

Collection join(Run& run, const Step& step, Collection left, Collection right) {
  std::string_view a, b;
  if (!left.empty() && !run.single_text(step, left, a) && run.failed()) return {};
  if (!right.empty() && !run.single_text(step, right, b) && run.failed()) return {};
  return run.text(step, std::string(a) + std::string(b));
}

Collection compare(Run& run, const Step& step, Collection left, Collection right) {
  if (left.empty() || right.empty()) return {};
  if (left.size() > 1 || right.size() > 1) {
    return run.fail(step, Code::bad_value, "Only one item can be compared with one other",
                    "Choose one with first() or where()");
  }
  const Order order = order_of(run, step, left.front(), right.front());
  if (order == Order::unknown) return {};
  switch (step.op) {
    case Op::less:
      return run.one(order == Order::less);
    case Op::less_equal:
      return run.one(order != Order::greater);
    case Op::greater:
      return run.one(order == Order::greater);
    default:
      return run.one(order != Order::less);
  }
}

Collection told(Run& run, std::optional<bool> value) { return value ? run.one(*value) : Collection(); }

// `a` decides alone where it can; `b` is not evaluated then.
Collection logic(Run& run, const Step& step, Frame& frame) {
  const std::optional<bool> a = run.truth(step, run.eval(step.left, frame));
  if (run.failed()) return {};
  if (step.op == Op::and_ && a == false) return run.one(false);
  if (step.op == Op::or_ && a == true) return run.one(true);
  if (step.op == Op::implies && a == false) return run.one(true);
  const std::optional<bool> b = run.truth(step, run.eval(step.right, frame));
  if (run.failed()) return {};
  switch (step.op) {
    case Op::and_:
      return b == false ? run.one(false) : a && b ? run.one(true) : Collection();
    case Op::or_:
      return b == true ? run.one(true) : a && b ? run.one(false) : Collection();
    case Op::xor_:
      return a && b ? run.one(*a != *b) : Collection();
    default:
      return b == true ? run.one(true) : a && b ? run.one(*b) : Collection();
  }
}

Collection membership(Run& run, const Step& step, Collection one, Collection all) {
  if (one.empty()) return {};
  if (one.size() > 1) {
    return run.fail(step, Code::bad_value, "Only one item can be looked for", "Use subsetOf() for several");
  }
  return run.one(has_equal(run, all, one.front()));
}

}  // namespace

Collection negate(Run& run, const Step& step, Collection items) {
  Item value = Item::of(false);
  if (!run.single(step, items, value)) return {};
  switch (value.kind()) {
    case Kind::integer:
      return run.integer(-value.integer());
    case Kind::decimal:
      return run.value(std::optional(value.decimal().negated()));
    case Kind::quantity:
      return run.value(std::optional(Quantity{value.quantity().value.negated(), value.quantity().unit}));
    default:
      return run.fail(step, Code::bad_value, "A sign is not defined for " + type_of(items.front()));
  }
}

Collection apply_operator(Run& run, const Step& step, Frame& frame) {
  if (step.op == Op::and_ || step.op == Op::or_ || step.op == Op::xor_ || step.op == Op::implies) {
    return logic(run, step, frame);
  }
  // What is defined in an operand holds there alone.
  const Defined* const before = frame.defined;
  const Collection left = run.eval(step.left, frame);
  frame.defined = before;
  const Collection right = run.eval(step.right, frame);
  frame.defined = before;
  if (run.failed()) return {};
  switch (step.op) {
    case Op::join:
      return join(run, step, left, right);
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return compare(run, step, left, right);
    case Op::equal:
      return told(run, equal(run, left, right));
    case Op::not_equal: {
      const auto same = equal(run, left, right);
      return same ? run.one(!*same) : Collection();
    }
    case Op::equivalent:
      return run.one(equivalent(run, left, right));
    case Op::not_equivalent:
      return run.one(!equivalent(run, left, right));
    case Op::in:
      return membership(run, step, left, right);
    case Op::contains:
      return membership(run, step, right, left);
    case Op::union_:
      return union_of(run, left, right);
    default:
      return arithmetic(run, step, left, right);
  }
}

}  // namespace yilian::fhirpath
