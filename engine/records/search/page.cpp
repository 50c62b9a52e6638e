#include "engine/records/search/page.h"

#include <algorithm>

#include "engine/records/many.h"
#include "engine/records/search/cursor.h"
#include "engine/records/search/index_order.h"
#include "engine/records/sort_values.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

// Sorting by what stands in the bodies reads each of them.
constexpr std::int64_t kMostBodies = 200'000;

// So many are sorted; of more, the order is read from the index where it has one.
constexpr std::int64_t kSorted = 3'000;

struct Key {
  bool missing = false;
  std::int64_t number = 0;
  std::string text;
};

struct Entry {
  std::int64_t rid;
  std::vector<Key> keys;
};

int compare(const Key& a, const Key& b, bool descending) {
  if (a.missing != b.missing) return a.missing ? 1 : -1;  // without a value: last, either way
  const int order = a.number != b.number ? (a.number < b.number ? -1 : 1) : a.text.compare(b.text);
  return descending ? -order : order;
}

// The same as Turn, of one that may be sorted.
struct SortedTurn {
  bool backward = false;
  Entry entry{};
};

class Slicer {
 public:
  Slicer(database::Connection& reader, const SearchQuery& query, const Bitmap& found)
      : reader_(reader), query_(query), found_(found) {}

  Result<Slice> run() {
    if (!query_.cursor.empty()) {
      YL_TRY(turn_, read_turn());
    }
    YL_TRY(std::vector<Entry> entries, query_.sort.empty() ? by_rid() : sorted());
    return cut(std::move(entries));
  }

 private:
  static Failure wrong_cursor() {
    return fail(Code::bad_value, "the page that is asked for is not one of this search", "_cursor",
                "Follow the links of the first page");
  }

  bool backward() const { return turn_ && turn_->backward; }
  std::size_t wanted() const { return query_.count + 1; }

  // One more than a page has, from the turn on.
  Slice cut(std::vector<Entry>&& entries) const {
    const bool more = entries.size() > query_.count;
    if (more) entries.resize(query_.count);
    if (backward()) std::reverse(entries.begin(), entries.end());
    Slice out;
    for (const Entry& entry : entries) out.rids.push_back(entry.rid);
    if (entries.empty()) return out;
    if (more || backward()) out.next = cursor_of(entries.back(), false);
    if (backward() ? more : turn_.has_value()) out.previous = cursor_of(entries.front(), true);
    return out;
  }

  Result<std::vector<Entry>> by_rid() const {
    std::vector<Entry> out;
    const auto visit = [&](std::int64_t rid) {
      out.push_back({rid, {}});
      return out.size() < wanted();
    };
    if (backward()) {
      found_.for_each_back(turn_->entry.rid, visit);
    } else {
      found_.for_each(turn_ ? turn_->entry.rid : 0, visit);
    }
    return out;
  }

  Result<std::vector<Entry>> sorted() {
    YL_TRY(std::vector<Entry> entries, entries_from_turn());
    const std::size_t kept = std::min(entries.size(), wanted());
    std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end(),
                      [&](const Entry& a, const Entry& b) { return comes_first(a, b); });
    entries.resize(kept);
    return entries;
  }

  // In the direction in which the page is read.
  bool comes_first(const Entry& a, const Entry& b) const { return backward() ? before(b, a) : before(a, b); }

  bool before(const Entry& a, const Entry& b) const {
    for (std::size_t i = 0; i < query_.sort.size(); ++i) {
      if (const int order = compare(a.keys[i], b.keys[i], query_.sort[i].descending); order != 0) return order < 0;
    }
    return a.rid < b.rid;
  }

  std::string cursor_of(const Entry& entry, bool back) const {
    Cursor cursor;
    cursor.numbers = {back ? 1 : 0, entry.rid};
    for (const Key& key : entry.keys) {
      cursor.numbers.push_back(key.missing ? 1 : 0);
      cursor.numbers.push_back(key.number);
      cursor.texts.push_back(key.text);
    }
    return write_cursor(cursor, query_.fingerprint);
  }

  Result<std::optional<SortedTurn>> read_turn() const {
    YL_TRY(const Cursor cursor, read_cursor(query_.cursor, query_.fingerprint));
    const std::size_t keys = query_.sort.size();
    if (cursor.numbers.size() != 2 + 2 * keys || cursor.texts.size() != keys) return wrong_cursor();
    SortedTurn turn{cursor.numbers[0] != 0, {cursor.numbers[1], {}}};
    for (std::size_t i = 0; i < keys; ++i)
      turn.entry.keys.push_back({cursor.numbers[2 + 2 * i] != 0, cursor.numbers[3 + 2 * i], cursor.texts[i]});
    return std::optional(std::move(turn));
  }

  // Of one date alone the index has the order.
  bool index_has_order() const {
    return query_.sort.size() == 1 && query_.of.size() == 1 &&
           (query_.sort[0].by == SortBy::By::updated || query_.sort[0].by == SortBy::By::happened) &&
           found_.count() > kSorted;
  }

  std::vector<Entry> entries_from_index() {
    const bool of_happened = query_.sort[0].by == SortBy::By::happened;
    const Plan& plan = *query_.of.front().plan;
    IndexOrder order{of_happened ? plan.happened->numbers.front() : row_number(plan.type, kUpdatedCode),
                     of_happened, query_.sort[0].descending, std::nullopt, backward(), wanted()};
    if (turn_) {
      const Key& key = turn_->entry.keys[0];
      order.after = Dated{turn_->entry.rid, key.missing ? std::nullopt : std::optional(key.number)};
    }
    std::vector<Entry> out;
    for (const Dated& dated : in_index_order(reader_, found_, order))
      out.push_back({dated.rid, {{!dated.at, dated.at.value_or(0), {}}}});
    return out;
  }

  Result<std::vector<Entry>> entries_from_turn() {
    if (index_has_order()) return entries_from_index();
    const bool bodies = std::any_of(query_.sort.begin(), query_.sort.end(),
                                    [](const SortBy& sort) { return sort.by == SortBy::By::parameter; });
    if (bodies && found_.count() > kMostBodies) {
      return fail(Code::too_large, "there are more than " + std::to_string(kMostBodies) + " to be sorted by this",
                  "_sort", "Narrow the search, or sort by _lastUpdated, _id or the date");
    }
    std::vector<Entry> entries;
    const auto take = [&](Entry&& entry) {
      if (!turn_ || comes_first(turn_->entry, entry)) entries.push_back(std::move(entry));
      // Only the page and the one after it are wanted; what is worse is dropped now and then.
      if (entries.size() > 4 * wanted() + 4096) shrink(entries);
    };
    const std::vector<std::int64_t> rids = rids_of(found_);
    if (!bodies) {
      visit_heads(reader_, rids, [&](const Stored& stored) { take(read_entry(stored, nullptr)); });
      return entries;
    }
    YL_CHECK(visit_bodies(reader_, rids, [&](const Stored* stored, const BodyText& body) -> Result<void> {
      if (stored == nullptr) return {};
      fhir::Arena arena;
      YL_TRY(const fhir::Json* content, content_of(body, arena));
      take(read_entry(*stored, content));
      return {};
    }));
    return entries;
  }

  void shrink(std::vector<Entry>& entries) const {
    const auto kept = static_cast<std::ptrdiff_t>(wanted());
    std::nth_element(entries.begin(), entries.begin() + kept, entries.end(),
                     [&](const Entry& a, const Entry& b) { return comes_first(a, b); });
    entries.resize(wanted());
  }

  // `content`: where it is sorted by something that stands there.
  Entry read_entry(const Stored& stored, const fhir::Json* content) const {
    Entry entry{stored.rid, {}};
    for (const SortBy& sort : query_.sort) {
      switch (sort.by) {
        case SortBy::By::updated:
          entry.keys.push_back({false, stored.updated, {}});
          break;
        case SortBy::By::happened:
          entry.keys.push_back({!stored.happened, stored.happened.value_or(0), {}});
          break;
        case SortBy::By::id:
          entry.keys.push_back({false, 0, unpack_id(stored.packed_id)});
          break;
        case SortBy::By::parameter:
          entry.keys.push_back(content_key(sort, *content));
          break;
      }
    }
    return entry;
  }

  // Of several values the least counts when ascending, the greatest when descending (search.html#sort).
  static Key content_key(const SortBy& sort, const fhir::Json& content) {
    std::optional<Key> best;
    const auto offer = [&](Key&& key) {
      if (!best || compare(key, *best, sort.descending) < 0) best = std::move(key);
    };
    if (sort.parameter->kind == Kind::date) {
      for (const Interval& interval : intervals_of(*sort.parameter, content)) offer({false, interval.low, {}});
    } else if (sort.parameter->kind == Kind::number || sort.parameter->kind == Kind::quantity) {
      for (const double number : numbers_of(*sort.parameter, content)) offer({false, ordered(number), {}});
    } else {
      for (std::string& text : sort_texts(*sort.parameter, content)) offer({false, 0, text.substr(0, 200)});
    }
    return best ? std::move(*best) : Key{true, 0, {}};
  }

  database::Connection& reader_;
  const SearchQuery& query_;
  const Bitmap& found_;
  std::optional<SortedTurn> turn_;
};

}  // namespace

std::optional<Turn> turn_of(const SearchQuery& query) {
  if (query.cursor.empty()) return Turn();
  const auto cursor = read_cursor(query.cursor, query.fingerprint);
  if (!cursor || cursor->numbers.size() != 2) return std::nullopt;
  return Turn{cursor->numbers[0] != 0, cursor->numbers[1]};
}

Result<Slice> slice(database::Connection& reader, const SearchQuery& query, const Bitmap& found) {
  return Slicer(reader, query, found).run();
}

}  // namespace yilian::records
