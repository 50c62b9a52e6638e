// Which messages fit: by the narrowest index that there is, by what the sheaves say, or one after the other.

#include <algorithm>
#include <limits>

#include "engine/journal/prepared.h"
#include "engine/journal/row.h"
#include "engine/journal/sheaf.h"
#include "engine/journal/terms.h"

namespace yilian::journal {
namespace {

constexpr std::size_t kMostFound = 1000;
// Messages have numbers in the order of their commits, and are received about in that order; a clock that is set back by
// more than this makes what came meanwhile hard to find by time.
constexpr Instant kClockSlack = 3'600'000'000;

bool is_of_type(std::string_view wanted, const Entry& entry) {
  const std::size_t caret = wanted.find('^');
  return wanted.empty() || (wanted.substr(0, caret) == entry.type && (caret == std::string_view::npos || wanted.substr(caret + 1) == entry.event));
}

bool fits(const Query& query, const Entry& entry) {
  return (query.hospital.empty() || query.hospital == entry.hospital) &&
         (query.feed.empty() || query.feed == entry.feed) &&
         (query.patient.empty() || query.patient == entry.patient) &&
         (query.control_id.empty() || query.control_id == entry.control_id) &&
         (!query.state || *query.state == entry.state) && (query.from == 0 || entry.received >= query.from) &&
         (query.to == 0 || entry.received < query.to) && is_of_type(query.type, entry);
}

// The number before which all that was received before `end` stands, but for the slack. Halving: some forty rows.
std::int64_t number_before(database::Connection& reader, Instant end) {
  std::int64_t low = 0, high = newest(reader) + 1;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    auto row = reader.prepare("SELECT number, received FROM message WHERE number <= ?1 ORDER BY number DESC LIMIT 1");
    row.bind(1, middle);
    const bool earlier = !row.step() || row.integer(1) < end + kClockSlack;
    (earlier ? low : high) = middle;
  }
  return high;
}

// With the bytes, or without.
#define YL_WALK(rest) (with_raw ? reader.walk("SELECT " YL_JOURNAL_COLUMNS ", raw_size, raw" rest) : reader.walk("SELECT " YL_JOURNAL_COLUMNS rest))

// The narrowest way to the messages asked for; what it does not cover, fits() does.
database::Statement way(database::Connection& reader, const Query& query, bool with_raw) {
  const std::int64_t before = query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
  if (!query.control_id.empty()) {
    const std::uint64_t half = control_half(query.control_id);
    auto rows = YL_WALK(" FROM message INDEXED BY message_key WHERE number < ?1 AND key BETWEEN ?2 AND ?3 ORDER BY number DESC");
    rows.bind(1, before)
        .bind(2, static_cast<std::int64_t>(half))
        .bind(3, static_cast<std::int64_t>(half | 0xFFFFFFFFU));
    return rows;
  }
  if (!query.patient.empty()) {
    auto rows = YL_WALK(" FROM message INDEXED BY message_patient WHERE patient = ?2 AND patient <> '' AND number < ?1 ORDER BY number DESC");
    rows.bind(1, before).bind(2, query.patient);
    return rows;
  }
  if (query.state && *query.state != State::stored) {
    auto rows = YL_WALK(" FROM message INDEXED BY message_state WHERE state = ?2 AND state <> 1 AND number < ?1 ORDER BY number DESC");
    rows.bind(1, before).bind(2, static_cast<std::int64_t>(*query.state));
    return rows;
  }
  auto rows = YL_WALK(" FROM message WHERE number < ?1 ORDER BY number DESC");
  rows.bind(1, before);
  return rows;
}

// Whether it says what is wanted; what cannot be unpacked says nothing.
bool says(const database::Statement& row, const Entry& entry, const Wanted* content) {
  if (content == nullptr) return true;
  const auto raw = unpack(row.blob(kColumns + 1), static_cast<std::size_t>(row.integer(kColumns)));
  return raw && content->is_in(searchable(*raw, entry.charset));
}

// One after the other.
std::vector<Entry> walk(database::Connection& reader, const Query& query, const Wanted* content) {
  std::vector<Entry> out;
  for (auto rows = way(reader, query, content != nullptr); out.size() < query.count && rows.step();) {
    if (rows.integer(0) <= query.after || (query.from != 0 && rows.integer(1) < query.from - kClockSlack)) break;
    Entry entry = entry_of(rows);
    if (fits(query, entry) && says(rows, entry, content)) out.push_back(std::move(entry));
  }
  return out;
}

// By what the sheaves say.
class Search {
 public:
  Search(database::Connection& reader, const Query& query, const Wanted* content) : reader_(reader), query_(query), content_(content) {
    if (content != nullptr) terms_ = content->terms();
    if (!query.hospital.empty()) terms_.push_back(feed_term(query.hospital, query.feed));
    if (!query.type.empty()) terms_.push_back(type_term(query.type));
  }

  std::vector<Entry> run() {
    std::int64_t before = query_.before > 0 ? query_.before : newest(reader_) + 1;
    const std::int64_t made = sheaves_made(reader_) << kSheafBits;
    if (before > made) {
      if (!range(std::max(made, query_.after + 1), before)) return std::move(out_);
      before = made;
    }
    for (std::int64_t sheaf = sheaf_of(before - 1); before > query_.after + 1 && sheaf >= 0; --sheaf) {
      const std::int64_t begin = sheaf << kSheafBits;
      const auto numbers = may_have(reader_, sheaf, terms_);
      if (!(numbers ? some(*numbers, before) : range(std::max(begin, query_.after + 1), before))) break;
      before = begin;
      if (before <= first_) break;
    }
    return std::move(out_);
  }

 private:
  // False: that was all that is wanted.
  bool take(const database::Statement& row) {
    if (query_.from != 0 && row.integer(1) < query_.from - kClockSlack) return false;
    Entry entry = entry_of(row);
    if (fits(query_, entry) && says(row, entry, content_)) out_.push_back(std::move(entry));
    return out_.size() < query_.count;
  }

  bool range(std::int64_t from, std::int64_t before) {
    auto rows = content_ == nullptr ? reader_.walk("SELECT " YL_JOURNAL_COLUMNS " FROM message WHERE number >= ?1 AND number < ?2 ORDER BY number DESC")
                                    : reader_.walk("SELECT " YL_JOURNAL_COLUMNS ", raw_size, raw FROM message WHERE number >= ?1 AND number < ?2 ORDER BY number DESC");
    rows.bind(1, from).bind(2, before);
    while (rows.step()) {
      if (!take(rows)) return false;
    }
    return true;
  }

  bool some(const std::vector<std::int64_t>& numbers, std::int64_t before) {
    for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
      if (*number >= before) continue;
      if (*number <= query_.after) return false;
      auto row = content_ == nullptr ? reader_.prepare("SELECT " YL_JOURNAL_COLUMNS " FROM message WHERE number = ?1")
                                     : reader_.prepare("SELECT " YL_JOURNAL_COLUMNS ", raw_size, raw FROM message WHERE number = ?1");
      row.bind(1, *number);
      if (row.step() && !take(row)) return false;
    }
    return true;
  }

  std::int64_t oldest() {
    auto row = reader_.prepare("SELECT min(number) FROM message");
    return row.step() && !row.null(0) ? row.integer(0) : 0;
  }

  database::Connection& reader_;
  const Query& query_;
  const Wanted* content_;
  std::vector<std::uint32_t> terms_;
  std::vector<Entry> out_;
  const std::int64_t first_ = oldest();
};

}  // namespace

Result<std::vector<Entry>> find(database::Connection& reader, const Query& asked) {
  Query query = asked;
  if (query.to != 0) {
    const std::int64_t end = number_before(reader, query.to);
    query.before = query.before > 0 ? std::min(query.before, end) : end;
  }
  query.count = std::min(query.count, kMostFound);
  std::optional<Wanted> content;
  if (!query.content.empty()) {
    YL_TRY(content, Wanted::read(query.content));
  }
  // A narrow way of its own is quicker than the sheaves.
  const bool narrow = !query.control_id.empty() || !query.patient.empty() || (query.state && *query.state != State::stored);
  const bool by_sheaves = !narrow && (content || !query.feed.empty() || !query.hospital.empty() || !query.type.empty());
  return by_sheaves ? Search(reader, query, content ? &*content : nullptr).run() : walk(reader, query, content ? &*content : nullptr);
}

}  // namespace yilian::journal
