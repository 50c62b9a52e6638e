#include "engine/records/many.h"

#include <algorithm>
#include <utility>

#include "engine/records/group.h"
#include "engine/records/index/index.h"

namespace yilian::records {
namespace {

constexpr std::size_t kHeadsTogether = 256;

// Of sorted ones without doubles, from a server.
std::vector<std::optional<Stored>> stored_at_each(database::Connection& connection, std::span<const std::int64_t> rids) {
  std::vector<std::optional<Stored>> out(rids.size());
  const auto place_of = [&](std::int64_t rid) {
    return static_cast<std::size_t>(std::ranges::lower_bound(rids, rid) - rids.begin());
  };
  auto rows = connection.for_each(
      "SELECT type, id, version, updated, method, message, happened, content, clock, body, start, bytes, ?1 FROM "
      "resource WHERE rid = ?1");
  auto groups = connection.for_each(
      "SELECT first, heads, ?1 FROM resource_group WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
  auto& of_connection = connection.deferred<Groups>();
  std::vector<std::int64_t> asked = of_connection.thinned(rids);
  rows.bind_each(1, rids).ask();
  groups.bind_each(1, asked).ask();  // also of those that have a row: to wait for that would take longer
  std::vector<bool> known(rids.size());
  while (rows.step()) {
    const std::int64_t rid = rows.integer(12);
    out[place_of(rid)] = stored_in(rows, rid);
    known[place_of(rid)] = true;
  }
  while (true) {
    for (std::int64_t before = -1; groups.step();) {
      known[place_of(groups.integer(2))] = true;  // if it is there at all, it is in this one
      const std::int64_t first = groups.integer(0);
      if (std::exchange(before, first) == first) continue;  // the same again
      const std::int64_t end = Groups::take_from(groups.blob(1), first, rids, [&](std::size_t place, std::optional<Stored>&& stored) {
        known[place] = true;
        if (!out[place]) out[place] = std::move(stored);
      });
      of_connection.note_size(end - first);
    }
    asked.clear();
    for (std::size_t i = 0; i < rids.size(); ++i) {
      if (!known[i]) asked.push_back(rids[i]);
      known[i] = true;
    }
    if (asked.empty()) break;
    groups.reset();
    groups.bind_each(1, asked);
  }
  for (std::size_t i = 0; i < rids.size(); ++i) {
    if (!out[i] && of_connection.waits(rids[i])) out[i] = of_connection.find(connection, rids[i]);
  }
  return out;
}

// One after the other, and no more in memory than one.
Result<void> visit_one_by_one(database::Connection& connection, std::span<const std::int64_t> rids,
                              const VisitBody& visit) {
  for (const std::int64_t rid : rids) {
    const auto stored = stored_at(connection, rid);
    BodyText body;
    if (stored && !stored->deleted()) {
      YL_TRY(body, read_body(connection, *stored));
    }
    YL_CHECK(visit(stored ? &*stored : nullptr, body));
  }
  return {};
}

}  // namespace

std::vector<std::optional<Stored>> stored_at(database::Connection& connection, std::span<const std::int64_t> rids) {
  if (rids.size() <= 1 || connection.is_near()) {
    std::vector<std::optional<Stored>> out;
    out.reserve(rids.size());
    for (const std::int64_t rid : rids) out.push_back(stored_at(connection, rid));
    return out;
  }
  if (std::ranges::adjacent_find(rids, std::greater_equal()) == rids.end()) return stored_at_each(connection, rids);
  std::vector<std::int64_t> sorted(rids.begin(), rids.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  const auto found = stored_at_each(connection, sorted);
  std::vector<std::optional<Stored>> out;
  out.reserve(rids.size());
  for (const std::int64_t rid : rids)
    out.push_back(found[static_cast<std::size_t>(std::ranges::lower_bound(sorted, rid) - sorted.begin())]);
  return out;
}

std::vector<std::optional<Stored>> find(database::Connection& connection, std::span<const Name> names) {
  struct Candidate {
    std::size_t name;
    std::int64_t rid;
  };
  std::vector<Candidate> candidates;
  std::vector<std::int64_t> rids;
  auto& index = connection.deferred<Index>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const std::int64_t rid : index.resources_of(connection, names[i].key)) {
      candidates.push_back({i, rid});
      rids.push_back(rid);
    }
  }
  auto stored = stored_at(connection, rids);
  std::vector<std::optional<Stored>> out(names.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Name& name = names[candidates[i].name];
    auto& place = out[candidates[i].name];
    if (!place && stored[i] && stored[i]->type == name.plan->type && stored[i]->packed_id == name.packed_id)
      place = std::move(stored[i]);
  }
  return out;
}

Result<std::vector<BodyText>> read_bodies(database::Connection& connection, std::span<const Stored* const> stored) {
  std::vector<BodyPlace> places;
  places.reserve(stored.size());
  // A version without a number has lost it.
  for (const Stored* each : stored)
    places.push_back(each->deleted() ? BodyPlace{} : each->body.number == 0 ? BodyPlace{-1, 0, 0} : each->body);
  YL_TRY(auto bodies, connection.deferred<Packs>().read(connection, places));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (!stored[i]->deleted()) YL_CHECK(check_body(*stored[i], bodies[i]));
  }
  return bodies;
}

void visit_heads(database::Connection& connection, std::span<const std::int64_t> rids,
                 const std::function<void(const Stored& stored)>& visit) {
  if (connection.is_near()) {
    for (const std::int64_t rid : rids) {
      if (const auto stored = stored_at(connection, rid)) visit(*stored);
    }
    return;
  }
  for (std::size_t from = 0; from < rids.size(); from += kHeadsTogether) {
    for (const auto& stored : stored_at(connection, rids.subspan(from, std::min(kHeadsTogether, rids.size() - from)))) {
      if (stored) visit(*stored);
    }
  }
}

Result<void> visit_bodies(database::Connection& connection, std::span<const std::int64_t> rids, const VisitBody& visit) {
  if (connection.is_near()) return visit_one_by_one(connection, rids, visit);
  for (std::size_t from = 0; from < rids.size(); from += kHeadsTogether) {
    const auto stored = stored_at(connection, rids.subspan(from, std::min(kHeadsTogether, rids.size() - from)));
    for (std::size_t at = 0; at < stored.size();) {
      const std::size_t end = std::min(stored.size(), at + kBodiesTogether);
      std::vector<const Stored*> there;
      for (std::size_t i = at; i < end; ++i) {
        if (stored[i]) there.push_back(&*stored[i]);
      }
      YL_TRY(const auto bodies, read_bodies(connection, there));
      for (std::size_t next = 0; at < end; ++at) {
        YL_CHECK(stored[at] ? visit(&*stored[at], bodies[next]) : visit(nullptr, {}));
        if (stored[at]) ++next;
      }
    }
  }
  return {};
}

Result<void> visit_contents(database::Connection& connection, std::span<const std::int64_t> rids,
                            const std::function<void(const fhir::Json& content)>& visit) {
  return visit_bodies(connection, rids, [&](const Stored* stored, const BodyText& body) -> Result<void> {
    if (stored == nullptr)
      return fail(Code::storage, "the index names a resource that is not there", "records",
                  "Check the disk, restore the database from its backup");
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, content_of(body, arena));
    visit(*content);
    return {};
  });
}

}  // namespace yilian::records
