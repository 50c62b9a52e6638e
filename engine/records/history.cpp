#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <unordered_map>

#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/many.h"
#include "engine/records/search/cursor.h"
#include "engine/records/search/lists.h"
#include "engine/records/search/scan.h"
#include "engine/records/types.h"
#include "engine/records/versions.h"
#include "engine/records/view.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostEntries = 1000, kPlacesTogether = 128;
// With so few resources of a type to be seen they are gone through one by one; else its history is, by time.
constexpr std::int64_t kFewSeen = 5000;
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

// A version's place in history: newest first.
struct Place {
  Instant updated;
  std::int64_t rid, version;
  bool current;
  bool operator<(const Place& other) const {
    return std::tie(updated, rid, version) > std::tie(other.updated, other.rid, other.version);
  }
};

// In their order, all at once.
Result<std::vector<Stored>> load(database::Connection& reader, std::span<const Place> places) {
  std::vector<std::int64_t> rids, former_rids, former_versions;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> former;  // by resource and version: which place
  for (std::size_t i = 0; i < places.size(); ++i) {
    rids.push_back(places[i].rid);
    if (places[i].current) continue;
    former.emplace(std::pair(places[i].rid, places[i].version), i);
    former_rids.push_back(places[i].rid);
    former_versions.push_back(places[i].version);
  }
  auto stored = stored_at(reader, rids);
  if (!former.empty()) {
    auto rows = reader.for_each(
        "SELECT method, message, body, start, bytes, ?1, ?2 FROM resource_history WHERE rid = ?1 AND version = ?2");
    rows.bind_each(1, former_rids).bind_each(2, former_versions);
    while (rows.step()) {
      const auto at = former.extract({rows.integer(5), rows.integer(6)});
      if (at.empty() || !stored[at.mapped()]) continue;
      Stored& version = *stored[at.mapped()];
      version.version = places[at.mapped()].version;
      version.updated = places[at.mapped()].updated;
      version.method = static_cast<Method>(rows.integer(0));
      version.message = rows.integer(1);
      version.content = 0;
      version.body = {rows.integer(2), rows.integer(3), rows.integer(4)};
    }
  }
  std::vector<Stored> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!stored[i] || stored[i]->version != places[i].version)
      return fail(Code::storage, "a version of a resource is missing", "records",
                  "Check the disk, restore the database from its backup");
    out.push_back(std::move(*stored[i]));
  }
  return out;
}

Result<Stored> load(database::Connection& reader, const Place& place) {
  YL_TRY(auto loaded, load(reader, std::span(&place, 1)));
  return std::move(loaded.front());
}

Result<std::vector<Version>> versions_at(database::Connection& reader, std::span<const Place> places) {
  YL_TRY(const std::vector<Stored> stored, load(reader, places));
  std::vector<Version> out;
  for (std::size_t from = 0; from < stored.size(); from += kBodiesTogether) {
    std::vector<const Stored*> some;
    for (std::size_t i = from; i < std::min(stored.size(), from + kBodiesTogether); ++i) some.push_back(&stored[i]);
    YL_TRY(const auto bodies, read_bodies(reader, some));
    for (std::size_t i = 0; i < some.size(); ++i) out.push_back(version_of(*some[i], bodies[i].text));
  }
  return out;
}

// Which versions a view shows: those of a resource that is seen as it is now, that are seen themselves.
class Judge {
 public:
  explicit Judge(View& view) : view_(view) {}

  bool all() const { return view_.is_all(); }
  // Of the resource as it is now; a deleted one by what it was before.
  Result<bool> shows_now(const Stored& stored) {
    const auto [at, fresh] = now_.emplace(stored.rid, false);
    if (!fresh) return at->second;
    YL_TRY(at->second, view_.shows(stored));
    return at->second;
  }
  // A place of a resource that may be seen.
  Result<bool> shows(const Place& place) {
    if (place.current) return shows_now(place.rid);
    YL_TRY(const bool now, shows_now(place.rid));
    if (!now) return false;
    YL_TRY(const Stored version, load(view_.reader(), place));
    return view_.shows(version);
  }
  // Those of a type that may be seen: current ones that are, and all that are deleted.
  Result<Bitmap> candidates(const Plan& plan) {
    Bitmap out = scan_type(view_.reader(), plan.type);
    YL_CHECK(view_.cut(out, plan));
    const std::string deleted = parameter_key(row_number(plan.type, kDeletedCode));
    out.unite(scan(view_.reader(), all_of(deleted)));
    return out;
  }

 private:
  Result<bool> shows_now(std::int64_t rid) {
    if (const auto at = now_.find(rid); at != now_.end()) return at->second;
    const auto stored = stored_at(view_.reader(), rid);
    if (!stored) return false;
    return shows_now(*stored);
  }

  View& view_;
  std::unordered_map<std::int64_t, bool> now_;
};

class Collector {
 public:
  // `backward`: those that stand before `after`, the nearest ones.
  Collector(View& view, const HistoryQuery& query, const Place& after, bool backward, std::size_t wanted)
      : reader_(view.reader()), query_(query), after_(after), backward_(backward), wanted_(wanted), judge_(view) {}

  void add_instance(std::int64_t rid) {
    std::vector<Place> found;
    auto former = reader_.walk(
        backward_
            ? "SELECT updated, version FROM resource_history WHERE rid = ?1 AND updated >= ?2 ORDER BY version"
            : "SELECT updated, version FROM resource_history WHERE rid = ?1 AND updated <= ?2 ORDER BY version DESC");
    former.bind(1, rid).bind(2, after_.updated);
    while (found.size() < wanted_ && !failed_ && former.step())
      consider(found, {former.integer(0), rid, former.integer(1), false});
    if (const auto current = stored_at(reader_, rid)) consider(found, {current->updated, rid, current->version, true});
    keep(found);
  }

  Result<void> add_type(std::uint8_t type) {
    if (!judge_.all()) {
      YL_TRY(candidates_, judge_.candidates(*plan(type)));
      if (candidates_.empty()) return {};
      if (candidates_.count() <= kFewSeen) {
        candidates_.for_each(0, [&](std::int64_t rid) {
          add_instance(rid);
          return !failed_;
        });
        return {};
      }
    }
    walk_type(type);
    return {};
  }

  // How many versions the resource has, of those that are seen.
  Result<std::int64_t> count(const Stored& stored) {
    auto former = reader_.prepare(
        judge_.all() ? "SELECT count(*) FROM resource_history WHERE rid = ?1"  // some may have been expunged
                     : "SELECT updated, version FROM resource_history WHERE rid = ?1");
    former.bind(1, stored.rid);
    if (judge_.all()) {
      former.step();
      return former.integer(0) + 1;
    }
    std::int64_t seen = 1;
    while (former.step()) {
      YL_TRY(const bool shown, judge_.shows({former.integer(0), stored.rid, former.integer(1), false}));
      if (shown) ++seen;
    }
    return seen;
  }

  Result<bool> shows_now(const Stored& stored) { return judge_.shows_now(stored); }

  Result<std::vector<Place>> take() {
    if (failed_) return Failure(std::move(*failed_));
    cut();
    return std::move(places_);
  }

 private:
  void walk_type(std::uint8_t type) {
    add_current(row_number(type, kUpdatedCode));
    add_current(row_number(type, kDeletedCode));
    std::vector<Place> found;
    auto rows = reader_.walk(
        backward_
            ? "SELECT updated, rid, version FROM resource_history WHERE type = ?1 AND updated <= ?2 AND updated >= ?3 "
              "ORDER BY updated, rid, version"
            : "SELECT updated, rid, version FROM resource_history WHERE type = ?1 AND updated <= ?2 AND updated >= ?3 "
              "ORDER BY updated DESC, rid DESC, version DESC");
    rows.bind(1, type).bind(2, newest()).bind(3, oldest());
    while (found.size() < wanted_ && !failed_ && rows.step()) {
      if (is_candidate(rows.integer(1)))
        consider(found, {rows.integer(0), rows.integer(1), rows.integer(2), false});
    }
    keep(found);
  }

  Instant newest() const { return backward_ ? kGreatest : after_.updated; }
  Instant oldest() const { return std::max(query_.since.value_or(0), backward_ ? after_.updated : 0); }

  void add_current(std::uint32_t number) {
    std::vector<Place> found, some;
    // Which version each is now is asked for many at once; not for more than may be wanted.
    const auto consider_some = [&] {
      std::vector<std::int64_t> rids;
      for (const Place& place : some) rids.push_back(place.rid);
      const auto now = stored_at(reader_, rids);
      for (std::size_t i = 0; i < some.size() && found.size() < wanted_ && !failed_; ++i) {
        some[i].version = now[i] ? now[i]->version : 0;
        consider(found, some[i]);
      }
      some.clear();
    };
    const std::string end = after_all(number_key(number, newest() / 1000));
    for (IndexCursor at(reader_, number_key(number, oldest() / 1000), end,
                        backward_ ? Order::ascending : Order::descending);
         found.size() < wanted_ && !failed_ && at.there(); at.next()) {
      for (int i = 63; i >= 0; --i) {
        const int bit = backward_ ? 63 - i : i;
        if ((at.bits().set >> bit & 1) == 0) continue;
        const std::int64_t rid = block_of(at.key()) * 64 + bit;
        if (!is_candidate(rid) || found.size() >= wanted_) continue;
        some.push_back({number_of(at.key()) * 1000, rid, 0, true});
        if (some.size() >= std::min(wanted_ - found.size(), kPlacesTogether)) consider_some();
      }
    }
    consider_some();
    keep(found);
  }

  bool is_candidate(std::int64_t rid) const { return judge_.all() || candidates_.contains(rid); }

  void consider(std::vector<Place>& found, const Place& place) {
    if (backward_ ? !(place < after_) : !(after_ < place)) return;
    if (query_.since && place.updated < *query_.since) return;
    if (query_.at &&
        (place.updated > query_.at_end.value_or(*query_.at) || (!place.current && replaced_at(place) <= *query_.at)))
      return;
    if (!judge_.all()) {
      const auto shown = judge_.shows(place);
      if (!shown) failed_ = shown.error();
      if (!shown || !*shown) return;
    }
    found.push_back(place);
  }

  // When the version after it came.
  Instant replaced_at(const Place& place) {
    auto former = reader_.prepare("SELECT updated FROM resource_history WHERE rid = ?1 AND version = ?2");
    former.bind(1, place.rid).bind(2, place.version + 1);
    if (former.step()) return former.integer(0);
    const auto current = stored_at(reader_, place.rid);
    return current ? current->updated : kGreatest;
  }

  void keep(const std::vector<Place>& found) {
    places_.insert(places_.end(), found.begin(), found.end());
    if (places_.size() > wanted_ * 8) cut();
  }

  // To those that are wanted, the newest first; of two that are the same one.
  void cut() {
    std::sort(places_.begin(), places_.end());
    if (places_.size() <= wanted_) return;
    if (backward_) {
      places_.erase(places_.begin(), places_.end() - static_cast<std::ptrdiff_t>(wanted_));
    } else {
      places_.resize(wanted_);
    }
  }

  database::Connection& reader_;
  const HistoryQuery& query_;
  const Place after_;
  const bool backward_;
  const std::size_t wanted_;
  std::vector<Place> places_;
  Judge judge_;
  Bitmap candidates_;  // of the type that is gone through, where not all is seen
  std::optional<Issue> failed_;
};

std::int64_t fingerprint(const HistoryQuery& query, const Scope& scope) {
  return scope.fingerprint() ^ hash(query.type + "/" + query.id + "?" + query.list + "&" + std::to_string(query.since.value_or(-1)) + "&" +
              std::to_string(query.at.value_or(-1)) + "&" + std::to_string(query.at_end.value_or(-1)));
}

Result<std::optional<std::int64_t>> add_places(View& view, const HistoryQuery& query, Collector& collector) {
  database::Connection& reader = view.reader();
  if (!query.list.empty()) {
    YL_TRY(const Bitmap listed, resources_in_list(view, query.list));
    listed.for_each(0, [&](std::int64_t rid) {
      const auto stored = stored_at(reader, rid);
      const bool wanted = stored && (query.type.empty() || query.type == type_name(stored->type)) &&
                          (query.id.empty() || query.id == unpack_id(stored->packed_id));
      if (wanted) collector.add_instance(rid);
      return true;
    });
    return std::optional<std::int64_t>();
  }
  if (query.type.empty()) {
    for (std::size_t type = 1; type <= fhir::resource_types().size(); ++type)
      YL_CHECK(collector.add_type(static_cast<std::uint8_t>(type)));
    return std::optional<std::int64_t>();
  }
  const Plan* found = plan(query.type);
  if (found == nullptr) return fail(Code::not_found, "'" + query.type + "' is no resource type of FHIR R4", query.type);
  if (query.id.empty()) {
    YL_CHECK(collector.add_type(found->type));
    return std::optional<std::int64_t>();
  }
  const auto stored = find(reader, *found, pack_id(query.id), resource_key(query.type, query.id));
  bool shown = false;
  if (stored) {
    YL_TRY(shown, collector.shows_now(*stored));
  }
  if (!shown) return fail(Code::not_found, "there is no such resource", query.type + "/" + query.id);
  collector.add_instance(stored->rid);
  if (query.since || query.at) return std::optional<std::int64_t>();
  YL_TRY(const std::int64_t total, collector.count(*stored));
  return std::optional(total);
}

}  // namespace

Result<HistoryPage> history(database::Connection& reader, const Scope& scope, const HistoryQuery& query) {
  Place after{kGreatest, kGreatest, kGreatest, false};
  bool backward = false;
  if (!query.cursor.empty()) {
    YL_TRY(const Cursor cursor, read_cursor(query.cursor, fingerprint(query, scope)));
    if (cursor.numbers.size() != 4)
      return fail(Code::bad_value, "the page that is asked for is not one of this history", "_cursor");
    after = {cursor.numbers[0], cursor.numbers[1], cursor.numbers[2], false};
    backward = cursor.numbers[3] != 0;
  }
  // Inside the writer, what earlier tasks of the batch have put off has to be seen.
  reader.flush_deferred();
  const std::size_t count = std::min(query.count, kMostEntries);
  View view(reader, scope);
  Collector collector(view, query, after, backward, count + 1);
  HistoryPage page;
  YL_TRY(page.total, add_places(view, query, collector));
  YL_TRY(std::vector<Place> places, collector.take());
  const bool more = places.size() > count;
  if (more) places.erase(backward ? places.begin() : places.end() - 1);
  YL_TRY(page.entries, versions_at(reader, places));
  if (places.empty()) return page;
  const auto cursor = [&](const Place& place, bool back) {
    return write_cursor({{place.updated, place.rid, place.version, back ? 1 : 0}, {}}, fingerprint(query, scope));
  };
  if (more || backward) page.next = cursor(places.back(), false);
  if (backward ? more : !query.cursor.empty()) page.previous = cursor(places.front(), true);
  return page;
}

}  // namespace yilian::records
