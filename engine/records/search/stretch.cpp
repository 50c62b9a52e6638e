#include "engine/records/search/stretch.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/index/unmerged.h"
#include "engine/records/rows.h"
#include "engine/records/search/concept_text.h"
#include "engine/records/search/holds.h"
#include "engine/records/strings.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using Test = Condition::Test;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

// ---- dates

struct Bounds {
  std::int64_t low, high;  // both included
};

// Of the start of the narrow intervals, which are at most kWide long, those that may hold.
Bounds may_hold(Prefix prefix, const Interval& interval) {
  const auto [low, high] = interval;
  switch (prefix) {
    case Prefix::eq:
      return {low, high};
    case Prefix::ne:
      return {kLeast, kGreatest};
    case Prefix::gt:
      return {high - kWide, kGreatest};
    case Prefix::ge:
      return {std::min(high - kWide, low), kGreatest};
    case Prefix::lt:
      return {kLeast, low};
    case Prefix::le:
      return {kLeast, high};
    case Prefix::sa:
      return {high, kGreatest};
    case Prefix::eb:
      return {kLeast, low};
    case Prefix::ap:
      return {low - kWide, high};
  }
  return {kLeast, kGreatest};
}

bool date_holds(const Alternative& asked, std::string_view key) {
  const std::int64_t low = number_of(key), length = extra_of_number(key);
  return holds(asked.prefix, asked.interval, Interval{low, length < 0 ? kOpenHigh : low + length});
}

// Of the start of intervals up to `longest`, those that hold however long they are, in order.
std::vector<Bounds> surely_hold(Prefix prefix, const Interval& interval, std::optional<std::int64_t> longest) {
  const auto [low, high] = interval;
  switch (prefix) {
    case Prefix::eq:
      return longest ? std::vector<Bounds>{{low, high - *longest}} : std::vector<Bounds>();
    case Prefix::ne:
      return {{kLeast, low - 1}, {high + 1, kGreatest}};
    case Prefix::gt:
    case Prefix::ge:
      return {{high + 1, kGreatest}};
    case Prefix::lt:
    case Prefix::le:
      return {{kLeast, low - 1}};
    case Prefix::sa:
      return {{high, kGreatest}};
    case Prefix::eb:
      return longest ? std::vector<Bounds>{{kLeast, low - *longest}} : std::vector<Bounds>();
    case Prefix::ap:
      return {{low + 1, high - 1}};
  }
  return {};
}

// Of the rows of one number, those that start within the bounds; only what is not sure is looked at one by one.
void add_dates(std::vector<Stretch>& out, std::uint32_t number, const Alternative& asked, const Bounds& bounds,
               std::optional<std::int64_t> longest) {
  const auto accept = [&asked](std::string_view key) { return date_holds(asked, key); };
  std::string from = number_key(number, bounds.low);
  for (const Bounds& sure : surely_hold(asked.prefix, asked.interval, longest)) {
    if (sure.low > sure.high) continue;
    std::string begin = number_key(number, sure.low), end = after_all(number_key(number, sure.high));
    if (from < begin) out.push_back({from, begin, accept});
    out.push_back({std::move(begin), end, {}});
    from = std::move(end);
  }
  if (const std::string end = after_all(number_key(number, bounds.high)); from < end) out.push_back({from, end, accept});
}

// Of those that span much, what lies wholly within what is asked for.
void add_contained(std::vector<Stretch>& out, std::uint32_t number, const Interval& asked) {
  if (asked.high - asked.low <= kWide) return;  // nothing does
  const auto accept = [asked](std::string_view key) {
    const std::int64_t low = number_of(key), length = extra_of_number(key);
    return length >= 0 && low >= asked.low && low + length <= asked.high;
  };
  out.push_back({number_key(number | 1U, asked.low), after_all(number_key(number | 1U, asked.high - kWide)), accept});
}

// Those that span much: by where they end, where that decides, else by where they start, of which nothing else is known.
void add_wide_dates(std::vector<Stretch>& out, std::uint32_t number, const Alternative& asked) {
  const auto [low, high] = asked.interval;
  const std::uint32_t ends = ends_row(number);
  const bool by_end = asked.prefix == Prefix::gt || asked.prefix == Prefix::ge || asked.prefix == Prefix::eb;
  if (asked.prefix == Prefix::eq || (asked.prefix == Prefix::ge && ends != 0)) add_contained(out, number, asked.interval);
  if (asked.prefix == Prefix::eq) return;
  if (!by_end || ends == 0) return add_dates(out, number | 1U, asked, {kLeast, may_hold(asked.prefix, asked.interval).high}, std::nullopt);
  const std::string all = parameter_key(ends);
  if (asked.prefix == Prefix::eb) {
    out.push_back({all, after_all(number_key(ends, low)), {}});
  } else if (high < kGreatest) {
    out.push_back({number_key(ends, high + 1), after_all(all), {}});
  }
}

void add_dates(std::vector<Stretch>& out, std::uint32_t number, const Alternative& asked) {
  const Bounds bounds = may_hold(asked.prefix, asked.interval);
  add_dates(out, number, asked, bounds, kWide);
  add_wide_dates(out, number, asked);
}

// ---- numbers and quantities

// What is before the numbers: the parameter, of a composite the code's hash, and the unit with its end.
std::size_t unit_end(std::string_view key, std::size_t before) { return key.find('\0', before) + 1; }

Span span_at(std::string_view key, std::size_t at) {
  const double low = unordered(number_at(key, at));
  return {low, is_beside(key) ? unordered(number_at(key, at + 8)) : low};
}

bool measure_holds(const Alternative& asked, std::string_view key, std::size_t before) {
  const std::size_t end = unit_end(key, before);
  const auto number = in_unit(asked.number, asked.unit, read_unit(key.substr(before, end - before - 1)));
  return number && holds(asked.prefix, *number, span_at(key, end));
}

// The ordered() numbers of which the prefix holds: all of them, and no others.
std::vector<Bounds> numbers_that_hold(Prefix prefix, const Decimal& number) {
  const std::int64_t value = ordered(number.value), low = ordered(number.low), high = ordered(number.high);
  switch (prefix) {
    case Prefix::eq:
      return {{low, high - 1}};
    case Prefix::ne:
      return {{kLeast, low - 1}, {high, kGreatest}};
    case Prefix::gt:
    case Prefix::sa:
      return {{value + 1, kGreatest}};
    case Prefix::ge:
      return {{value, kGreatest}};
    case Prefix::lt:
    case Prefix::eb:
      return {{kLeast, value - 1}};
    case Prefix::le:
      return {{kLeast, value}};
    case Prefix::ap: {
      const double slack = std::abs(number.value) / 10;
      return {{ordered(number.value - slack), ordered(number.value + slack)}};
    }
  }
  return {};
}

// Of one unit, which ends the beginning; ranges, which lie beside the numbers, are looked at one by one.
void add_measures_of(std::vector<Stretch>& out, const std::string& beginning, bool beside, Prefix prefix,
                     const Decimal& number) {
  const auto between = [&](std::int64_t low, std::int64_t high) {
    Stretch stretch{beginning, beginning, {}};
    append_number(stretch.low, low);
    append_number(stretch.high, high);
    stretch.high = after_all(std::move(stretch.high));
    return stretch;
  };
  const std::vector<Bounds> holding = numbers_that_hold(prefix, number);
  if (!beside) {
    for (const Bounds& bounds : holding) {
      if (bounds.low <= bounds.high) out.push_back(between(bounds.low, bounds.high));
    }
    return;
  }
  out.push_back(between(kLeast, kGreatest));
  out.back().accept = [prefix, number, end = beginning.size()](std::string_view row) {
    return holds(prefix, number, span_at(row, end));
  };
}

// Of the units that occur after `beginning`, those that are asked for; each with its own stretch of values.
void add_measures(database::Connection& reader, std::vector<Stretch>& out, const std::string& beginning, bool beside,
                  const Alternative& asked) {
  const std::size_t before = beginning.size();
  for (IndexCursor at(reader, beginning, after_all(beginning)); at.there();) {
    const std::string unit(at.key().substr(0, unit_end(at.key(), before)));
    const std::string_view key = std::string_view(unit).substr(before, unit.size() - before - 1);
    if (const auto number = in_unit(asked.number, asked.unit, read_unit(key))) {
      add_measures_of(out, unit, beside, asked.prefix, *number);
    }
    at.seek(after_all(unit));
  }
}

// ---- tokens, references, texts

std::string token_beginning(std::uint32_t number, const Alternative& asked) {
  std::string out = number_key(number, asked.code);
  if (asked.system) append_extra(out, *asked.system);
  return out;
}

Stretch token_stretch(std::uint32_t number, const Alternative& asked) {
  if (!asked.any_code) return all_of(token_beginning(number, asked));
  Stretch out = all_of(parameter_key(number));
  out.accept = [system = *asked.system](std::string_view key) { return extra_of_number(key) == system; };
  return out;
}

Stretch text_stretch(std::uint32_t number, std::string_view text, bool whole) {
  std::string beginning = parameter_key(number);
  whole ? append_text(beginning, text) : append_text_begin(beginning, text);
  return all_of(beginning);
}

// Rows of texts that contain something, and of those the ones that are accepted: each different text by itself where they
// are few, as those of codes are.
void add_containing(database::Connection& reader, std::vector<Stretch>& out, std::uint32_t number, Stretch&& all) {
  constexpr std::size_t kFewTexts = 64;
  const auto texts = all.containing.empty() ? std::nullopt
                                            : texts_with(reader, number, all.containing, all.at_end, kFewTexts);
  if (!texts) {
    out.push_back(std::move(all));
    return;
  }
  for (const std::string& text : *texts) {
    Stretch one = text_stretch(number, text, true);
    if (all.accept(one.low)) out.push_back(std::move(one));
  }
}

void add_strings(database::Connection& reader, std::vector<Stretch>& out, std::uint32_t number, Test test,
                 const Alternative& asked) {
  if (test == Test::exact || test == Test::equals) {
    out.push_back(text_stretch(number, string_key(asked.text), true));
  } else if (test == Test::contains || test == Test::ends) {
    Stretch all = all_of(parameter_key(number));
    all.accept = [&asked, test](std::string_view key) { return is_value(Kind::string, test, asked, key); };
    all.containing = asked.text;
    all.at_end = test == Test::ends;
    add_containing(reader, out, number, std::move(all));
  } else {
    out.push_back(text_stretch(number, string_key(asked.text), false));
    for (const std::string& text : asked.also) out.push_back(text_stretch(number, string_key(text), false));
  }
}

// Every beginning of the address, and the whole.
void add_above(std::vector<Stretch>& out, std::uint32_t number, std::string_view uri) {
  for (std::size_t end = uri.find("://") + 4; end <= uri.size(); ++end)
    out.push_back(text_stretch(number, uri.substr(0, end), true));
}

// Only addresses have something above and below them, names (urn:) do not (search.html#modifiers).
bool is_address(std::string_view uri) { return uri.find("://") != std::string_view::npos && !uri.starts_with("urn:"); }

void add_uris(std::vector<Stretch>& out, std::uint32_t number, Test test, const Alternative& asked) {
  if (test == Test::above) {
    if (is_address(asked.text)) add_above(out, number, asked.text);
    return;
  }
  if (test == Test::below) {
    out.push_back(text_stretch(number, asked.text, false));
    out.back().accept = [](std::string_view key) { return is_address(text_of(key)); };
    return;
  }
  out.push_back(text_stretch(number, asked.text, true));
  // A canonical that is stored with its version is found without it.
  if (asked.text.find('|') == std::string::npos) out.push_back(text_stretch(number, asked.text + "|", false));
}

void add_beside(database::Connection& reader, std::vector<Stretch>& out, std::uint32_t number, const Alternative& asked) {
  Stretch texts = all_of(parameter_key(number | 1U));
  texts.accept = [text = asked.text](std::string_view key) { return concept_text_matches(text_of(key), text); };
  texts.containing = asked.text;
  add_containing(reader, out, number | 1U, std::move(texts));
}

bool token_is(const Alternative& asked, std::string_view key) {
  if (!asked.any_code && number_of(key) != asked.code) return false;
  return !asked.system || extra_of_number(key) == *asked.system;
}

bool string_is(Test test, const Alternative& asked, std::string_view text) {
  if (test == Test::contains) return text.find(asked.text) != std::string_view::npos;
  if (test == Test::ends) return text.ends_with(asked.text);
  if (test == Test::exact || test == Test::equals) return text == string_key(asked.text);
  return text.starts_with(asked.text) || std::any_of(asked.also.begin(), asked.also.end(),
                                                     [&](const std::string& also) { return text.starts_with(also); });
}

bool uri_is(Test test, const Alternative& asked, std::string_view text) {
  if (test == Test::below) return is_address(text) && text.starts_with(asked.text);
  if (test == Test::above) return is_address(text) && asked.text.starts_with(text);
  if (text == asked.text) return true;
  return text.size() > asked.text.size() && text.starts_with(asked.text) && text[asked.text.size()] == '|';
}

}  // namespace

std::vector<Stretch> rows_beside(const Indexed& parameter) {
  std::vector<Stretch> out;
  for (const std::uint32_t number : parameter.numbers) out.push_back(all_of(parameter_key(number | 1U)));
  return out;
}

Stretch all_of(const std::string& beginning) { return {beginning, after_all(beginning), {}}; }

std::vector<Stretch> stretches_of(database::Connection& reader, const Indexed& parameter, Test test,
                                  const Alternative& asked) {
  std::vector<Stretch> out;
  for (const std::uint32_t number : parameter.numbers) {
    switch (parameter.kind) {
      case Kind::date:
        add_dates(out, number, asked);
        break;
      case Kind::number:
      case Kind::quantity:
        add_measures(reader, out, parameter_key(number), false, asked);
        add_measures(reader, out, parameter_key(number | 1U), true, asked);
        break;
      case Kind::token:
        test == Test::text ? add_beside(reader, out, number, asked) : out.push_back(token_stretch(number, asked));
        break;
      case Kind::reference:
        if (test == Test::identifier) {
          out.push_back(token_stretch(number | 1U, asked));
        } else {
          for (const std::int64_t target : asked.targets) out.push_back(all_of(number_key(number, target)));
        }
        break;
      case Kind::string:
        add_strings(reader, out, number, test, asked);
        break;
      case Kind::uri:
        add_uris(out, number, test, asked);
        break;
      case Kind::composite:
      case Kind::special:
        break;
    }
  }
  return out;
}

std::vector<Stretch> stretches_of(database::Connection& reader, const Composite& composite,
                                  const Alternative& asked) {
  std::vector<Stretch> out;
  const Alternative &code = asked.parts[0], &measure = asked.parts[1];
  if (code.any_code) {  // every code of a system: each row says its own
    for (const std::uint32_t number : {composite.number, composite.number | 1U}) {
      Stretch all = all_of(parameter_key(number));
      all.accept = [&code, &measure](std::string_view key) {
        const std::size_t before = kParameterBytes + kNumberBytes;
        const std::size_t extra = unit_end(key, before) + (is_beside(key) ? 16 : 8);
        return extra_at(key, extra) == *code.system && measure_holds(measure, key, before);
      };
      out.push_back(std::move(all));
    }
    return out;
  }
  add_measures(reader, out, number_key(composite.number, code.code), false, measure);
  add_measures(reader, out, number_key(composite.number | 1U, code.code), true, measure);
  if (!code.system) return out;
  for (Stretch& stretch : out) {
    const std::size_t at = unit_end(stretch.low, kParameterBytes + kNumberBytes) + (is_beside(stretch.low) ? 16 : 8);
    // Of a number the system alone is left to be looked at.
    if (!stretch.accept) stretch.decided_from = at;
    stretch.accept = [holds = std::move(stretch.accept), system = *code.system, at](std::string_view key) {
      return extra_at(key, at) == system && (!holds || holds(key));
    };
  }
  return out;
}

std::vector<Stretch> stretches_of(database::Connection& reader, const Indexed& parameter, Test test,
                                  const std::vector<Alternative>& any_of) {
  std::vector<Stretch> out;
  const auto add = [&out](std::vector<Stretch>&& more) { std::ranges::move(more, std::back_inserter(out)); };
  for (const Alternative& asked : any_of) {
    if (parameter.kind != Kind::composite) add(stretches_of(reader, parameter, test, asked));
    for (const Composite& composite : parameter.composites) add(stretches_of(reader, composite, asked));
  }
  return out;
}

Indexed updated_parameter(std::uint8_t type) {
  return {.code = "_lastUpdated", .kind = Kind::date, .numbers = {row_number(type, kUpdatedCode)}};
}

bool is_value(Kind kind, Test test, const Alternative& asked, std::string_view key) {
  switch (kind) {
    case Kind::date:
      return date_holds(asked, key);
    case Kind::number:
    case Kind::quantity:
      return measure_holds(asked, key, kParameterBytes);
    case Kind::token:
      if (test == Test::text) return is_beside(key) && concept_text_matches(text_of(key), asked.text);
      return !is_beside(key) && token_is(asked, key);
    case Kind::reference:
      if (test == Test::identifier) return is_beside(key) && token_is(asked, key);
      return !is_beside(key) &&
             std::find(asked.targets.begin(), asked.targets.end(), number_of(key)) != asked.targets.end();
    case Kind::string:
      return string_is(test, asked, text_of(key));
    case Kind::uri:
      return uri_is(test, asked, text_of(key));
    case Kind::composite:
    case Kind::special:
      break;
  }
  return false;
}

}  // namespace yilian::records
