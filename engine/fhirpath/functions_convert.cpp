// FHIRPath 2.0, 5.5: conversion. toX() gives nothing for what convertsToX() says false of.

#include <array>

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

using Kind = Item::Kind;

// The criterion is evaluated on the input as a whole, and only the branch that it chooses.
Collection iif(Call& call) {
  if (call.input.size() > 1)
    return call.fail("iif() takes at most one item, and there are " + std::to_string(call.input.size()));
  Frame inner{call.input, call.frame.index, call.frame.total, call.frame.defined};
  const auto branch = [&](std::size_t i) { return call.run.eval(call.step.arguments[i], inner); };
  const Collection criterion = branch(0);
  if (call.run.failed()) return {};
  if (criterion.size() > 1) return call.fail("The criterion of iif() has more than one item");
  bool holds = false;
  if (!criterion.empty()) {
    Item value = Item::of(false);
    if (!call.run.system(criterion.front(), value) || value.kind() != Kind::boolean) {
      return call.fail("The criterion of iif() is " + type_of(criterion.front()) + " and no Boolean");
    }
    holds = value.boolean();
  }
  if (holds) return branch(1);
  return call.has(2) ? branch(2) : Collection();
}

std::optional<bool> boolean_of(std::string_view text) {
  std::string lower(text.substr(0, 8));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text.size() > 5) return std::nullopt;
  for (const std::string_view yes : {"true", "t", "yes", "y", "1", "1.0"}) {
    if (lower == yes) return true;
  }
  for (const std::string_view no : {"false", "f", "no", "n", "0", "0.0"}) {
    if (lower == no) return false;
  }
  return std::nullopt;
}

Collection to_boolean(Run& run, const Item& value) {
  std::optional<bool> made;
  if (value.kind() == Kind::boolean) made = value.boolean();
  if (value.kind() == Kind::string) made = boolean_of(value.text());
  if (value.is_number()) {
    const Decimal number = value.kind() == Kind::integer ? Decimal(value.integer()) : value.decimal();
    if (number == Decimal(1)) made = true;
    if (number.is_zero()) made = false;
  }
  return made ? run.one(*made) : Collection();
}

Collection to_integer(Run& run, const Item& value) {
  if (value.kind() == Kind::integer) return run.integer(value.integer());
  if (value.kind() == Kind::boolean) return run.integer(value.boolean() ? 1 : 0);
  if (value.kind() != Kind::string || value.text().size() > Decimal::kLongestText ||
      value.text().find_first_not_of("+-0123456789") != std::string_view::npos)
    return {};
  const auto made = Decimal::parse(value.text());
  if (!made || *made > Decimal(INT32_MAX) || *made < Decimal(INT32_MIN)) return {};
  return run.integer(made->whole().value_or(0));
}

Collection to_decimal(Run& run, const Item& value) {
  if (value.kind() == Kind::decimal) return run.one(value);
  if (value.kind() == Kind::integer) return run.value(std::optional(Decimal(value.integer())));
  if (value.kind() == Kind::boolean) return run.value(Decimal::make(value.boolean() ? 10 : 0, 1));
  if (value.kind() != Kind::string || value.text().size() > Decimal::kLongestText ||
      value.text().find_first_of("eE") != std::string_view::npos)
    return {};
  return run.value(Decimal::parse(value.text()));
}

Collection to_quantity(Run& run, const Item& value) {
  if (value.kind() == Kind::quantity) return run.one(value);
  if (value.kind() == Kind::string) return run.value(parse_quantity(value.text()));
  const Collection number = to_decimal(run, value);
  if (number.empty()) return {};
  return run.value(std::optional(Quantity{number.front().decimal(), "1"}));
}

Collection to_date(Run& run, const Item& value) {
  if (value.kind() == Kind::date) return run.one(value);
  if (value.kind() == Kind::date_time) {
    Temporal date = value.temporal();
    date.kind = Temporal::Kind::date;
    date.precision = std::min(date.precision, Temporal::Precision::day);
    date.zoned = false;
    return run.value(std::optional(date));
  }
  return value.kind() == Kind::string ? run.value(Temporal::parse_date(value.text())) : Collection();
}

Collection to_date_time(Run& run, const Item& value) {
  if (value.kind() == Kind::date_time) return run.one(value);
  if (value.kind() == Kind::date) {
    Temporal moment = value.temporal();
    moment.kind = Temporal::Kind::date_time;
    return run.value(std::optional(moment));
  }
  return value.kind() == Kind::string ? run.value(Temporal::parse_date_time(value.text())) : Collection();
}

Collection to_time(Run& run, const Item& value) {
  if (value.kind() == Kind::time) return run.one(value);
  return value.kind() == Kind::string ? run.value(Temporal::parse_time(value.text())) : Collection();
}

Collection to_string(Run& run, const Item& value) {
  if (value.kind() == Kind::type) return {};
  return run.view(run.arena().copy(text_of(value)));
}

using Convert = Collection (*)(Run&, const Item&);

template <Convert convert>
Collection to(Call& call) {
  Item value = Item::of(false);
  return call.run.single(call.step, call.input, value) ? convert(call.run, value) : Collection();
}

template <Convert convert>
Collection converts(Call& call) {
  if (call.input.empty()) return {};
  Item value = Item::of(false);
  if (!call.run.single(call.step, call.input, value)) return call.run.failed() ? Collection() : call.run.one(false);
  return call.run.one(!convert(call.run, value).empty());
}

// With a unit: in that unit, or nothing when it cannot be.
Collection quantity_in(Call& call) {
  const Collection made = to<to_quantity>(call);
  std::string_view unit;
  if (made.empty() || !call.has(0) || !call.run.single_text(call.step, call.argument(0), unit)) return made;
  return call.run.value(in_unit(made.front().quantity(), unit, call.run.arena()));
}

constexpr Function kFunctions[]{
    {"iif", 2, 3, Gives::branches, 0, false, iif},
    {"toBoolean", 0, 0, Gives::boolean, kNever, false, to<to_boolean>},
    {"convertsToBoolean", 0, 0, Gives::boolean, kNever, false, converts<to_boolean>},
    {"toInteger", 0, 0, Gives::integer, kNever, false, to<to_integer>},
    {"convertsToInteger", 0, 0, Gives::boolean, kNever, false, converts<to_integer>},
    {"toDecimal", 0, 0, Gives::decimal, kNever, false, to<to_decimal>},
    {"convertsToDecimal", 0, 0, Gives::boolean, kNever, false, converts<to_decimal>},
    {"toQuantity", 0, 1, Gives::other, kNever, false, quantity_in},
    {"convertsToQuantity", 0, 0, Gives::boolean, kNever, false, converts<to_quantity>},
    {"toDate", 0, 0, Gives::other, kNever, false, to<to_date>},
    {"convertsToDate", 0, 0, Gives::boolean, kNever, false, converts<to_date>},
    {"toDateTime", 0, 0, Gives::other, kNever, false, to<to_date_time>},
    {"convertsToDateTime", 0, 0, Gives::boolean, kNever, false, converts<to_date_time>},
    {"toTime", 0, 0, Gives::other, kNever, false, to<to_time>},
    {"convertsToTime", 0, 0, Gives::boolean, kNever, false, converts<to_time>},
    {"toString", 0, 0, Gives::string, kNever, false, to<to_string>},
    {"convertsToString", 0, 0, Gives::boolean, kNever, false, converts<to_string>},
};

}  // namespace

std::span<const Function> convert_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
