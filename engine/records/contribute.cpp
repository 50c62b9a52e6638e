#include "engine/records/merge.h"
#include "engine/records/stored.h"

namespace yilian::records {
namespace {

Failure damaged(const Prepared& resource) {
  return fail(Code::storage, "what is known of when its elements were said is damaged", std::string(resource.plan->name) + "/" + resource.id,
              "Restore the database from its backup");
}

Clock fresh_clock(const Stamp& stamp) {
  Clock clock;
  clock.base = stamp;
  clock.first = stamp.time;
  return clock;
}

// The same content again, and nothing is known but one stamp: no need to look at any element.
std::optional<Clock> same_again(const Clock& clock, const Stamp& stamp) {
  Clock next = clock;
  next.base = std::max(next.base, stamp);
  next.first = std::min(next.first, stamp.time);
  if (next == clock) return std::nullopt;
  return next;
}

Outcome again(database::Connection& writer, const Stored& stored, const Clock& clock, const Stamp& stamp) {
  if (const auto next = same_again(clock, stamp)) set_clock(writer, stored.rid, encode(*next));
  return Outcome::unchanged;
}

Result<Outcome> revive(database::Connection& writer, const Contribution& contribution, const Stored& stored, const Stamp& stamp, Instant now) {
  // A replay of what was said before the deletion does not bring it back; news do.
  const std::optional<Clock> clock = decode(stored.clock);
  if (!clock) return damaged(*contribution.resource);
  if (stamp.time <= clock->base.time) return Outcome::unchanged;
  const std::string encoded = encode(fresh_clock(stamp));
  replace(writer, stored, {}, {contribution.resource.get(), stored.version + 1, now, Method::put, contribution.message, encoded});
  return Outcome::updated;
}

}  // namespace

Result<Outcome> contribute(database::Connection& writer, const Contribution& contribution, Instant clock_now) {
  const Instant now = to_milliseconds(clock_now);
  const Prepared& said = *contribution.resource;
  const Stamp stamp{contribution.rank, contribution.event_time};
  auto stored = find(writer, *said.plan, said.packed_id, said.key, false);
  if (!stored && contribution.cleared.empty()) {
    insert(writer, {&said, 1, now, Method::put, contribution.message, encode(fresh_clock(stamp))});
    return Outcome::created;
  }
  if (stored && stored->deleted()) return revive(writer, contribution, *stored, stamp, now);
  std::optional<Clock> clock = stored ? decode(stored->clock) : Clock{};
  if (!clock) return damaged(said);
  if (stored && stored->content == said.content && clock->simple() && contribution.cleared.empty()) return again(writer, *stored, *clock, stamp);

  fhir::Arena arena;
  const fhir::Json* known = nullptr;
  std::vector<Row> rows_before;
  if (stored) {
    load_body(writer, *stored);
    YL_TRY(known, content_of(*stored, arena));
  }
  YL_TRY(const fhir::Json* content, fhir::read_json(said.body, arena, {.depth = fhir::kDeepest, .bytes = said.body.size()}));
  const Saying saying{content, &contribution.cleared, stamp};
  const Merged merged = merge(*fhir::type(said.plan->name), known, *clock, saying, arena);
  const std::string encoded = encode(merged.clock);
  const PreparedPtr result = prepare_merged(*said.plan, said.id, *merged.content);
  if (!stored) {
    insert(writer, {result.get(), 1, now, Method::put, contribution.message, encoded});
    return Outcome::created;
  }
  if (result->content == stored->content) {
    if (encoded != stored->clock) set_clock(writer, stored->rid, encoded);
    return Outcome::unchanged;
  }
  rows_before = rows_of(*said.plan, *known);
  replace(writer, *stored, rows_before, {result.get(), stored->version + 1, now, Method::put, contribution.message, encoded});
  return Outcome::updated;
}

}  // namespace yilian::records
