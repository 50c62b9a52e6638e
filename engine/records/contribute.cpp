#include <algorithm>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/merge.h"
#include "engine/records/stored.h"

namespace yilian::records {
namespace {

Failure damaged(const Prepared& resource) {
  return fail(Code::storage, "what is known of when its elements were said is damaged",
              std::string(resource.plan->name) + "/" + resource.id, "Restore the database from its backup");
}

Clock fresh_clock(const Stamp& stamp, const std::vector<std::string>& assumed) {
  Clock clock;
  clock.base = stamp;
  clock.first = stamp.time;
  for (const std::string& path : assumed) clock.elements.push_back({path, {0, stamp.time}, false});
  std::sort(clock.elements.begin(), clock.elements.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return clock;
}

// The same content again, the same elements assumed as before, and nothing else is known but one stamp: no need to look
// at any element.
bool says_the_same(const Stored& stored, const Clock& clock, const Contribution& contribution) {
  if (stored.content != contribution.resource->content || !contribution.cleared.empty() || !clock.items.empty())
    return false;
  if (clock.elements.size() != contribution.assumed.size()) return false;
  return std::all_of(clock.elements.begin(), clock.elements.end(), [&](const Clock::Element& element) {
    const auto& assumed = contribution.assumed;
    return !element.absent && element.stamp.rank == 0 &&
           std::find(assumed.begin(), assumed.end(), element.path) != assumed.end();
  });
}

Outcome again(database::Connection& writer, const Stored& stored, const Clock& clock, const Stamp& stamp) {
  Clock next = clock;
  next.base = std::max(next.base, stamp);
  next.first = std::min(next.first, stamp.time);
  for (Clock::Element& element : next.elements) element.stamp.time = std::max(element.stamp.time, stamp.time);
  if (next != clock) set_clock(writer, stored, encode(next));
  return Outcome::unchanged;
}

Result<Outcome> revive(database::Connection& writer, const Contribution& contribution, const Stored& stored,
                       const Stamp& stamp, Instant now) {
  // A replay of what was said before the deletion does not bring it back; news do.
  const std::optional<Clock> clock = decode(stored.clock);
  if (!clock) return damaged(*contribution.resource);
  if (stamp.time <= clock->base.time) return Outcome::unchanged;
  const std::string encoded = encode(fresh_clock(stamp, contribution.assumed));
  YL_CHECK(replace(writer, stored, {},
                   {contribution.resource.get(), stored.version + 1, now, Method::put, contribution.message, encoded}));
  return Outcome::updated;
}

// As its type, with a meta of its own: that is what screening changes.
fhir::Json whole_of(const Plan& plan, const fhir::Json& content, fhir::Arena& arena) {
  fhir::Json whole;
  whole.set_object();
  whole.add(arena, "resourceType").set_string(plan.name);
  for (const fhir::Member& member : content.members())
    whole.add(arena, member.name) = member.name == "meta" ? *fhir::copy(member.value, arena) : member.value;
  return whole;
}

// What a valid saying and a valid resource become together need not be valid. `known` is what there was, or nullptr: a
// saying is not refused for what was wrong before it, only marked.
Result<void> screen_merged(const validation::Screening& screening, const Plan& plan, const fhir::Json* known,
                           fhir::Json& content, fhir::Arena& arena) {
  fhir::Json whole = whole_of(plan, content, arena);
  if (auto screened = validation::screen(screening, whole, arena, nullptr); !screened) {
    if (known == nullptr) return screened;
    fhir::Json before = whole_of(plan, *known, arena);
    if (validation::screen(screening, before, arena, nullptr)) return screened;
    YL_CHECK(validation::screen({validation::Mode::mark, screening.profiles}, whole, arena, nullptr));
  }
  if (const fhir::Json* meta = whole.find("meta")) {
    content.member(arena, "meta") = *meta;
  } else {
    content.remove("meta");
  }
  return {};
}

}  // namespace

Result<Outcome> contribute(database::Connection& writer, const Contribution& contribution, Instant clock_now) {
  const Instant now = to_milliseconds(clock_now);
  const Prepared& said = *contribution.resource;
  const Stamp stamp{contribution.rank, contribution.event_time};
  auto stored = find(writer, *said.plan, said.packed_id, said.key);
  if (!stored && contribution.cleared.empty()) {
    YL_CHECK(insert(
        writer, {&said, 1, now, Method::put, contribution.message, encode(fresh_clock(stamp, contribution.assumed))}));
    return Outcome::created;
  }
  if (stored && stored->deleted()) return revive(writer, contribution, *stored, stamp, now);
  std::optional<Clock> clock = stored ? decode(stored->clock) : Clock{};
  if (!clock) return damaged(said);
  if (stored && says_the_same(*stored, *clock, contribution)) return again(writer, *stored, *clock, stamp);

  fhir::Arena arena;
  const fhir::Json* known = nullptr;
  if (stored) {
    YL_TRY(known, content_of(writer, *stored, arena));
  }
  YL_TRY(const fhir::Json* content,
         fhir::read_json(said.body, arena, {.depth = fhir::kDeepest, .bytes = said.body.size()}));
  const Saying saying{content, &contribution.cleared, stamp, false, &contribution.assumed};
  const Merged merged = merge(*fhir::type(said.plan->name), known, *clock, saying, arena);
  if (contribution.screening) YL_CHECK(screen_merged(*contribution.screening, *said.plan, known, *merged.content, arena));
  const std::string encoded = encode(merged.clock);
  const PreparedPtr result = prepare_merged(*said.plan, said.id, *merged.content);
  if (!stored) {
    YL_CHECK(insert(writer, {result.get(), 1, now, Method::put, contribution.message, encoded}));
    return Outcome::created;
  }
  if (result->content == stored->content) {
    if (encoded != stored->clock) set_clock(writer, *stored, encoded);
    return Outcome::unchanged;
  }
  YL_CHECK(replace(writer, *stored, rows_before(writer, *said.plan, *known),
                   {result.get(), stored->version + 1, now, Method::put, contribution.message, encoded}));
  return Outcome::updated;
}

}  // namespace yilian::records
