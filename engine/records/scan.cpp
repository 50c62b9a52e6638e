#include "engine/records/scan.h"

#include <algorithm>
#include <limits>

#include "engine/records/filter.h"
#include "engine/records/stored.h"
#include "engine/records/strings.h"

namespace yilian::records {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

void bind_key(database::Statement& statement, int index, const Equal& equal) {
  if (equal.text.empty()) {
    statement.bind(index, equal.key);
  } else {
    statement.bind(index, std::string_view(equal.text));
  }
}

// Columns block, bits; with `extra` a third one that has to be it.
Bitmap collect(database::Statement& rows, const std::optional<std::int64_t>& extra) {
  Bitmap set;
  while (rows.step()) {
    if (!extra || rows.integer(2) == *extra) set.add(rows.integer(0), static_cast<std::uint64_t>(rows.integer(1)));
  }
  set.finish();
  return set;
}

// The least text that is greater than all that begin so: in UTF-8 no byte is 0xFF.
std::string after_all(std::string beginning) { return beginning + '\xFF'; }

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
  auto rows = reader.prepare(
      "SELECT block, bits, key, extra FROM resource_index WHERE parameter = ?1 AND key BETWEEN ?2 AND ?3");
  rows.bind(1, parameter).bind(2, bounds.low).bind(3, bounds.high);
  while (rows.step()) {
    const std::int64_t low = rows.integer(2), length = rows.integer(3);
    if (holds(range.prefix, range.interval, {low, length < 0 ? kOpenHigh : low + length})) {
      set.add(rows.integer(0), static_cast<std::uint64_t>(rows.integer(1)));
    }
  }
}

}  // namespace

Bitmap scan_equal(database::Connection& reader, const Equal& equal) {
  auto rows = reader.prepare("SELECT block, bits, extra FROM resource_index WHERE parameter = ?1 AND key = ?2");
  rows.bind(1, equal.parameter);
  bind_key(rows, 2, equal);
  return collect(rows, equal.extra);
}

Bitmap probe_equal(database::Connection& reader, const Equal& equal, const Bitmap& candidates) {
  Bitmap set;
  auto rows =
      reader.prepare("SELECT block, bits, extra FROM resource_index WHERE parameter = ?1 AND key = ?2 AND block = ?3");
  for (const Bitmap::Block& block : candidates.blocks()) {
    rows.reset();
    rows.bind(1, equal.parameter).bind(3, block.block);
    bind_key(rows, 2, equal);
    while (rows.step()) {
      if (!equal.extra || rows.integer(2) == *equal.extra)
        set.add(rows.integer(0), static_cast<std::uint64_t>(rows.integer(1)));
    }
  }
  set.finish();
  return set;
}

std::int64_t count_equal(database::Connection& reader, const Equal& equal, std::int64_t most) {
  auto rows =
      equal.text.empty()
          ? reader.prepare(
                "SELECT count(*) FROM (SELECT 1 FROM resource_index WHERE parameter = ?1 AND key = ?2 LIMIT ?3)")
          : reader.prepare(
                "SELECT count(*) FROM (SELECT 1 FROM resource_index WHERE parameter = ?1 AND key >= ?2 AND key < ?4 "
                "LIMIT ?3)");
  const std::string end = after_all(equal.text);
  rows.bind(1, equal.parameter).bind(3, most);
  bind_key(rows, 2, equal);
  if (!equal.text.empty()) rows.bind(4, std::string_view(end));
  return rows.step() ? rows.integer(0) : 0;
}

Bitmap scan_prefix(database::Connection& reader, std::uint32_t parameter, const std::string& beginning) {
  const std::string end = after_all(beginning);
  auto rows = reader.prepare("SELECT block, bits FROM resource_index WHERE parameter = ?1 AND key >= ?2 AND key < ?3");
  rows.bind(1, parameter).bind(2, std::string_view(beginning)).bind(3, std::string_view(end));
  return collect(rows, std::nullopt);
}

Bitmap scan_contains(database::Connection& reader, std::uint32_t parameter, const std::string& part) {
  auto rows = reader.prepare("SELECT block, bits FROM resource_index WHERE parameter = ?1 AND instr(key, ?2) > 0");
  rows.bind(1, parameter).bind(2, std::string_view(part));
  return collect(rows, std::nullopt);
}

Bitmap scan_system(database::Connection& reader, std::uint32_t parameter, std::int64_t system) {
  auto rows = reader.prepare("SELECT block, bits, extra FROM resource_index WHERE parameter = ?1 AND extra = ?2");
  rows.bind(1, parameter).bind(2, system);
  return collect(rows, system);
}

Bitmap scan_any(database::Connection& reader, std::uint32_t parameter, std::uint8_t target) {
  auto rows = reader.prepare("SELECT block, bits, extra FROM resource_index WHERE parameter IN (?1, ?2)");
  rows.bind(1, parameter).bind(2, parameter | 1U);
  return collect(rows, target == 0 ? std::nullopt : std::optional<std::int64_t>(target));
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
  Stored stored{};
  auto row = reader.prepare("SELECT dictionary, body FROM resource WHERE rid = ?1");
  row.bind(1, rid);
  if (!row.step())
    return fail(Code::storage, "the index names a resource that is not there", "records",
                "Check the database with 'PRAGMA integrity_check'");
  stored.dictionary = row.integer(0);
  stored.packed = row.blob(1);
  return content_of(stored, arena);
}

}  // namespace yilian::records
