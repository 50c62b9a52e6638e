// Interactions of clients: put, create, remove.

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/merge.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"
#include "engine/records/view.h"

namespace yilian::records {
namespace {

constexpr std::uint8_t kOwner = 3;  // mapping::Rank::owner: a person's word at a client

std::string place(const Plan& plan, std::string_view id) { return std::string(plan.name) + "/" + std::string(id); }

Result<void> hold_to(const std::optional<Stored>& stored, std::optional<std::int64_t> expected,
                     const std::string& where) {
  if (!expected) return {};
  const std::int64_t have = stored && !stored->deleted() ? stored->version : 0;
  if (have == *expected) return {};
  return fail(Code::version_conflict,
              "If-Match names version " + std::to_string(*expected) + ", the current one is " +
                  (have == 0 ? "none" : std::to_string(have)),
              where, "Read it again, apply the change to what is there now");
}

Result<void> hold_to(View& view, const Prepared& fresh) {
  if (view.shows(*fresh.plan, fresh.rows, fresh.key)) return {};
  return fail(Code::forbidden, "what you write would lie outside what you may see", place(*fresh.plan, fresh.id));
}

// The current version, when it is seen.
Result<std::optional<Stored>> find_seen(View& view, const Plan& plan, std::string_view packed_id, std::int64_t key) {
  auto stored = find(view.reader(), plan, packed_id, key);
  if (!stored) return stored;
  YL_TRY(const bool shown, view.shows(*stored));
  if (!shown) stored.reset();
  return stored;
}

Clock clock_of(const Stamp& stamp) {
  Clock clock;
  clock.base = stamp;
  clock.first = stamp.time;
  return clock;
}

Written written(Outcome outcome, const Prepared& resource, std::int64_t version, Instant updated) {
  return {outcome, resource.id, version, updated};
}

}  // namespace

Result<Written> put(database::Connection& writer, const Scope& scope, const PreparedPtr& resource,
                    std::optional<std::int64_t> expected, Instant clock_now) {
  const Instant now = to_milliseconds(clock_now);
  const Prepared& said = *resource;
  View view(writer, scope);
  YL_CHECK(hold_to(view, said));
  YL_TRY(const auto stored, find_seen(view, *said.plan, said.packed_id, said.key));
  YL_CHECK(hold_to(stored, expected, place(*said.plan, said.id)));
  const Stamp stamp{kOwner, now};
  if (!stored) {
    if (!scope.is_all())
      return fail(Code::not_allowed, "there is no such resource that you may see, and you cannot choose the id of a new one",
                  place(*said.plan, said.id), "Create it with POST");
    YL_CHECK(insert(writer, {&said, 1, now, Method::put, 0, encode(clock_of(stamp))}));
    return written(Outcome::created, said, 1, now);
  }
  if (stored->deleted()) {
    YL_CHECK(replace(writer, *stored, {}, {&said, stored->version + 1, now, Method::put, 0, encode(clock_of(stamp))}));
    return written(Outcome::created, said, stored->version + 1, now);
  }
  fhir::Arena arena;
  YL_TRY(const fhir::Json* known, content_of(writer, *stored, arena));
  YL_TRY(const fhir::Json* content,
         fhir::read_json(said.body, arena, {.depth = fhir::kDeepest, .bytes = said.body.size()}));
  const auto clock = decode(stored->clock);
  // Only the clock is taken from the merge: what the client sent stands as it is.
  const Merged merged = merge(*fhir::type(said.plan->name), known, clock ? *clock : clock_of(stamp),
                              {content, nullptr, stamp, true}, arena);
  const std::string encoded = encode(merged.clock);
  if (stored->content == said.content) {
    // One that a former version of the program took and passed over is heard when it is said again.
    YL_CHECK(note_search_parameter(writer, *said.plan, said.id, said.body));
    set_clock(writer, *stored, encoded);
    return written(Outcome::unchanged, said, stored->version, stored->updated);
  }
  YL_CHECK(replace(writer, *stored, rows_before(writer, *said.plan, *known),
                   {&said, stored->version + 1, now, Method::put, 0, encoded}));
  return written(Outcome::updated, said, stored->version + 1, now);
}

Result<Written> create(database::Connection& writer, const Scope& scope, const PreparedPtr& resource,
                       Instant clock_now) {
  const Instant now = to_milliseconds(clock_now);
  const Prepared& said = *resource;
  View view(writer, scope);
  YL_CHECK(hold_to(view, said));
  if (find(writer, *said.plan, said.packed_id, said.key)) {
    return fail(Code::conflict, "a resource with this id is there already", place(*said.plan, said.id),
                "Update it with PUT, or let the server choose an id");
  }
  YL_CHECK(insert(writer, {&said, 1, now, Method::post, 0, encode(clock_of({kOwner, now}))}));
  return written(Outcome::created, said, 1, now);
}

Result<Written> remove(database::Connection& writer, const Scope& scope, std::string_view type, std::string_view id,
                       std::optional<std::int64_t> expected, Instant clock_now) {
  const Instant now = to_milliseconds(clock_now);
  const Plan* found = plan(type);
  if (found == nullptr)
    return fail(Code::not_found, "'" + std::string(type) + "' is no resource type of FHIR R4", std::string(type));
  View view(writer, scope);
  YL_TRY(const auto stored, find_seen(view, *found, pack_id(id), resource_key(type, id)));
  if (!stored) return fail(Code::not_found, "there is no such resource", place(*found, id));
  YL_CHECK(hold_to(stored, expected, place(*found, id)));
  if (stored->deleted()) return Written{Outcome::unchanged, std::string(id), stored->version, stored->updated};
  fhir::Arena arena;
  YL_TRY(const fhir::Json* known, content_of(writer, *stored, arena));
  YL_CHECK(mark_deleted(writer, *stored, rows_before(writer, *found, *known), now, encode(clock_of({kOwner, now}))));
  return Written{Outcome::updated, std::string(id), stored->version + 1, now};
}

}  // namespace yilian::records
