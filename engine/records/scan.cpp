#include "engine/records/scan.h"

#include <algorithm>
#include <limits>

#include "engine/records/filter.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/stored.h"
#include "engine/records/strings.h"

namespace yilian::records {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

IndexCursor all_that_begin(database::Connection& reader, const std::string& beginning) {
  return {reader, beginning, after_all(beginning)};
}

// What all keys of it begin with.
std::string beginning_of(const Equal& equal) {
  std::string out = parameter_key(equal.parameter);
  if (equal.text.empty()) {
    append_number(out, equal.key);
  } else {
    append_text(out, equal.text);
  }
  if (equal.extra) append_extra(out, *equal.extra);
  return out;
}

std::string beginning_of(std::uint32_t parameter, const std::string& text) {
  std::string out = parameter_key(parameter);
  append_text_begin(out, text);
  return out;
}

Bitmap collect(IndexCursor&& at) {
  Bitmap set;
  for (; at.there(); at.next()) set.add(block_of(at.key()), at.bits().set);
  set.finish();
  return set;
}

struct Bounds {
  std::int64_t low, high;  // of the interval's start, both included
};

// Of the narrow intervals, which are at most kWide long, those that may hold.
Bounds bounds_of(const Alternative& range) {
  const auto [low, high] = range.interval;
  switch (range.prefix) {
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

void scan_intervals(database::Connection& reader, std::uint32_t parameter, const Bounds& bounds,
                    const Alternative& range, Bitmap& set) {
  for (IndexCursor at(reader, number_key(parameter, bounds.low), after_all(number_key(parameter, bounds.high)));
       at.there(); at.next()) {
    const std::int64_t low = number_of(at.key()), length = extra_of_number(at.key());
    if (holds(range.prefix, range.interval, {low, length < 0 ? kOpenHigh : low + length}))
      set.add(block_of(at.key()), at.bits().set);
  }
}

}  // namespace

Bitmap scan_equal(database::Connection& reader, const Equal& equal) {
  return collect(all_that_begin(reader, beginning_of(equal)));
}

Bitmap probe_equal(database::Connection& reader, const Equal& equal, const Bitmap& candidates) {
  Bitmap set;
  for (IndexCursor at = all_that_begin(reader, beginning_of(equal)); at.there();) {
    // Without a given extra there is a stretch of blocks for each; most have one.
    const std::string stretch(without_block(at.key()));
    for (const Bitmap::Block& block : candidates.blocks()) {
      std::string wanted = stretch;
      append_block(wanted, block.block);
      at.seek(wanted);
      if (!at.there() || without_block(at.key()) != stretch) break;
      if (at.key() == wanted) set.add(block.block, at.bits().set);
    }
    at.seek(after_all(stretch));
  }
  set.finish();
  return set;
}

std::int64_t count_equal(database::Connection& reader, const Equal& equal, std::int64_t most) {
  std::int64_t count = 0;
  for (IndexCursor at = all_that_begin(
           reader, equal.text.empty() ? beginning_of(equal) : beginning_of(equal.parameter, equal.text));
       at.there() && count < most; at.next())
    ++count;
  return count;
}

Bitmap scan_prefix(database::Connection& reader, std::uint32_t parameter, const std::string& beginning) {
  return collect(all_that_begin(reader, beginning_of(parameter, beginning)));
}

Bitmap scan_contains(database::Connection& reader, std::uint32_t parameter, const std::string& part) {
  Bitmap set;
  for (IndexCursor at = all_that_begin(reader, parameter_key(parameter)); at.there(); at.next()) {
    if (text_of(at.key()).find(part) != std::string_view::npos) set.add(block_of(at.key()), at.bits().set);
  }
  set.finish();
  return set;
}

Bitmap scan_system(database::Connection& reader, std::uint32_t parameter, std::int64_t system) {
  Bitmap set;
  for (IndexCursor at = all_that_begin(reader, parameter_key(parameter)); at.there(); at.next()) {
    if (extra_of_number(at.key()) == system) set.add(block_of(at.key()), at.bits().set);
  }
  set.finish();
  return set;
}

Bitmap scan_any(database::Connection& reader, std::uint32_t parameter, std::uint8_t target) {
  // The parameter's own number and, for dates, the one after it, under which the long ones stand.
  Bitmap set;
  for (IndexCursor at(reader, parameter_key(parameter), parameter_key((parameter | 1U) + 1)); at.there(); at.next()) {
    if (target == 0 || extra_of_number(at.key()) == target) set.add(block_of(at.key()), at.bits().set);
  }
  set.finish();
  return set;
}

Bitmap scan_dates(database::Connection& reader, std::uint32_t parameter, const Alternative& range) {
  Bitmap set;
  const Bounds bounds = bounds_of(range);
  scan_intervals(reader, parameter, bounds, range, set);
  scan_intervals(reader, parameter | 1U, {kLeast, bounds.high}, range, set);
  set.finish();
  return set;
}

std::string exact_key(const std::string& text) { return string_key(text); }

Result<const fhir::Json*> load_content(database::Connection& reader, std::int64_t rid, fhir::Arena& arena) {
  const auto stored = stored_at(reader, rid);
  if (!stored)
    return fail(Code::storage, "the index names a resource that is not there", "records",
                "Check the database with 'PRAGMA integrity_check'");
  return content_of(reader, stored->body, arena);
}

}  // namespace yilian::records
