// FHIRPath 2.0, 6.3 and 10: types; and the utility functions of 5.9.

#include "engine/base/time.h"
#include "engine/fhirpath/function.h"
#include "engine/fhirpath/run.h"
#include "engine/fhirpath/type_names.h"

namespace yilian::fhirpath {
namespace {

Collection is(Call& call) {
  if (call.input.empty()) return {};
  if (call.input.size() > 1)
    return call.fail("is() takes one item, and there are " + std::to_string(call.input.size()));
  return call.run.one(is_of(call.input.front(), call.step.type));
}

Collection of_type(Call& call) {
  Collector out(call.run);
  for (const Item& item : call.input) {
    if (is_kept_as(item, call.step.type)) out.add(item);
  }
  return out.done();
}

Collection as(Call& call) {
  if (call.input.size() > 1 && !call.run.as_filters()) {
    return call.fail("as() takes one item, and there are " + std::to_string(call.input.size()),
                     "Use ofType() to keep those of a type");
  }
  return of_type(call);
}

Collection type(Call& call) {
  Collector out(call.run);
  for (const Item& item : call.input) {
    TypeName name{"FHIR", item.is_node() ? item.node().type->name : std::string_view()};
    if (!item.is_node()) {
      const std::string full = type_of(item);
      name = {"System", call.run.arena().copy(std::string_view(full).substr(sizeof "System." - 1))};
    }
    out.add(Item::of(keep(call.run.arena(), name)));
  }
  return out.done();
}

constexpr Function kTypes[]{
    {"is", 1, 1, Gives::boolean, kNever, false, is},
    {"as", 1, 1, Gives::type, kNever, false, as},
    {"ofType", 1, 1, Gives::type, kNever, false, of_type},
    {"type", 0, 0, Gives::unknown, kNever, false, type},
};

Collection trace(Call& call) {
  std::string_view name;
  if (!call.run.single_text(call.step, call.argument(0), name)) return call.run.failed() ? Collection() : call.input;
  if (!call.run.context().services) return call.input;
  Collection told = call.input;
  if (call.has(1)) {
    Collector out(call.run);
    for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) out.add(call.on(1, i));
    told = out.done();
  }
  if (!call.run.failed()) call.run.context().services->trace(name, told);
  return call.input;
}

// The local time of now, to the millisecond, with its zone.
Temporal local_now(Call& call) {
  const int offset = call.run.context().offset_minutes;
  const Instant local = call.run.now() + Instant{offset} * 60'000'000;
  constexpr Instant day = 86'400'000'000;
  const std::int64_t days = local >= 0 ? local / day : -((day - 1 - local) / day);
  const Instant rest = local - days * day;
  const Civil civil = civil_from_days(days);
  Temporal made;
  made.kind = Temporal::Kind::date_time;
  made.precision = Temporal::Precision::fraction;
  made.fraction_digits = 3;
  made.year = static_cast<std::int16_t>(civil.year);
  made.month = static_cast<std::uint8_t>(civil.month);
  made.day = static_cast<std::uint8_t>(civil.day);
  made.hour = static_cast<std::uint8_t>(rest / 3'600'000'000);
  made.minute = static_cast<std::uint8_t>(rest / 60'000'000 % 60);
  made.second = static_cast<std::uint8_t>(rest / 1'000'000 % 60);
  made.nanoseconds = static_cast<std::uint32_t>(rest / 1000 % 1000) * 1'000'000;
  made.zoned = true;
  made.offset_minutes = static_cast<std::int16_t>(offset);
  return made;
}

Collection now(Call& call) { return call.run.value(std::optional(local_now(call))); }

Collection today(Call& call) {
  Temporal made = local_now(call);
  made.kind = Temporal::Kind::date;
  made.precision = Temporal::Precision::day;
  made.zoned = false;
  return call.run.value(std::optional(made));
}

Collection time_of_day(Call& call) {
  Temporal made = local_now(call);
  made.kind = Temporal::Kind::time;
  made.zoned = false;
  return call.run.value(std::optional(made));
}

Collection define_variable(Call& call) {
  std::string_view name;
  if (!call.run.single_text(call.step, call.argument(0), name)) {
    return call.run.failed() ? Collection() : call.fail("A variable needs a name");
  }
  for (const Defined* each = call.frame.defined; each; each = each->before) {
    if (each->name == name) return call.fail("There is a variable %" + std::string(name) + " already");
  }
  Collection items = call.input;
  if (call.has(1)) {
    Frame inner{call.input, call.frame.index, call.frame.total, call.frame.defined};
    items = call.run.eval(call.step.arguments[1], inner);
  }
  call.frame.defined = &keep(call.run.arena(), Defined{name, items, call.frame.defined});
  return call.input;
}

constexpr Function kUtilities[]{
    {"trace", 1, 2, Gives::same, 1, false, trace},
    {"now", 0, 0, Gives::other, kNever, false, now},
    {"today", 0, 0, Gives::other, kNever, false, today},
    {"timeOfDay", 0, 0, Gives::other, kNever, false, time_of_day},
    {"defineVariable", 1, 2, Gives::same, 1, false, define_variable},
};

}  // namespace

std::span<const Function> type_functions() { return kTypes; }
std::span<const Function> utility_functions() { return kUtilities; }

}  // namespace yilian::fhirpath
